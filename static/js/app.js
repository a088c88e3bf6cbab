import "./composer.js";
import "./title.js";
import "./conversation.js";
import "./copy.js";
import "./navigation.js";
import "./sidebar.js";
