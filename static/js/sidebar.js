/** What every page with a sidebar needs. */

import "./acts.js";
import "./conversation-list.js";
import "./folder-lists.js";
import "./popovers.js";
import "./rename-menu.js";
import "./shortcuts.js";
import "./sign-out.js";
import "./theme-choice.js";
