/** Numbers that the server and this page both know. The server writes them into the page: see chatsite/protocol.py. */
export const PROTOCOL = Object.freeze(JSON.parse(document.getElementById("protocol").textContent));

/** The close code that a browser sets when a connection broke. */
export const CONNECTION_LOST = 1006;
