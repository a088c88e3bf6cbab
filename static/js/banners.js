/** Banners are closed in place; without this script, their form loads the page again. */

addEventListener("submit", async (event) => {
  const banner = event.target.closest("[data-banner]");
  if (!banner) return;
  event.preventDefault();
  const answer = await fetch(event.target.action, {
    method: "POST",
    body: new FormData(event.target),
    redirect: "manual",
  }).catch(() => null);
  if (!answer) return;
  banner.remove();
  document.getElementById("main").focus();
});
