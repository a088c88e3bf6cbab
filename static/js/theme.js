/* Runs before the first paint. The key and its values (auto, light, dark) are the ones the Django admin uses. */
(() => {
  let theme = "auto";
  try { theme = localStorage.getItem("theme") || theme; } catch { /* storage may be off */ }
  document.documentElement.dataset.theme = theme;
})();
