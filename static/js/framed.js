/** The script of pages with a sidebar that need nothing else. */

import "./person-events.js";
import "./sidebar.js";
