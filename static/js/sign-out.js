/** Signing out deletes what this browser keeps for the person. */

import { forget } from "./storage.js";

document.querySelector("form[data-sign-out]")?.addEventListener("submit", forget);
