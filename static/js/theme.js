/* Runs before the first paint. The key and its values (auto, light, dark) are the ones the Django admin uses. The cookie
   tells the server the time zone of the dates that it shows. */
(() => {
  let theme = "auto";
  try { theme = localStorage.getItem("theme") || theme; } catch { /* storage may be off */ }
  document.documentElement.dataset.theme = theme;
  document.cookie = `timezone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;
})();
