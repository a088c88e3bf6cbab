/** Menus and the drawer: they close when the focus leaves them, and a second tap on what opened them does nothing. */

// The second tap falls on what has opened over the button, such as a link of the drawer. Whether the browser calls the
// two a double click depends on the browser.
const SECOND_TAP_MS = 600;
const SECOND_TAP_PX = 24;
let opening = null;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[popovertarget]");
  if (opening && !opener && isAgain(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else opening = opener && event.detail > 0 ? event : null;
}, { capture: true });

function isAgain({ clientX, clientY, timeStamp }) {
  const distance = Math.hypot(clientX - opening.clientX, clientY - opening.clientY);
  return timeStamp - opening.timeStamp < SECOND_TAP_MS && distance < SECOND_TAP_PX;
}

document.addEventListener("focusin", ({ target }) => {
  const open = [...document.querySelectorAll(":popover-open")];
  for (const popover of open) if (!popover.contains(target)) popover.hidePopover();
});
