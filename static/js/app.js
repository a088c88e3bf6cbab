import "./conversation.js";
import "./composer.js";
import "./copy.js";
import "./navigation.js";
import "./sidebar.js";
