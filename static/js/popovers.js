/** Menus and the drawer: they close when the focus leaves them, and a second tap on what opened them does nothing. */

// The second tap falls on what has opened over the button, such as a link of the drawer. Whether the browser calls the
// two a double click depends on the browser.
const SECOND_TAP_MS = 600;
const SECOND_TAP_PX = 24;
let opening = null;
// What opened each popover, by its id: a menu that was opened within the drawer belongs to it.
const openers = new Map();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[popovertarget]");
  if (opener) openers.set(opener.getAttribute("popovertarget"), opener);
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
  const opener = openers.get(target.closest("[popover]")?.id) ?? target;
  for (const popover of open) if (!popover.contains(target) && !popover.contains(opener)) popover.hidePopover();
});
