/** Menus and the drawer close when the focus leaves them. */

document.addEventListener("focusin", ({ target }) => {
  const open = [...document.querySelectorAll(":popover-open")];
  for (const popover of open) if (!popover.contains(target)) popover.hidePopover();
});
