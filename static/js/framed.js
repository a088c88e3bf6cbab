/** A page beside the list of conversations that needs no script of its own. */

import "./person-events.js";
import "./sidebar.js";
