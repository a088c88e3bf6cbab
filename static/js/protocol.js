/** Numbers that the server and this page both know. The server writes them into the page: see chatsite/protocol.py. */
export const PROTOCOL = Object.freeze(JSON.parse(document.getElementById("protocol").textContent));

/** The code that a browser gives to a connection that broke. */
export const CONNECTION_LOST = 1006;
