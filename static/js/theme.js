/* Runs before the first paint. The key and its values (auto, light, dark) are those of the Django admin. The cookie
   sends the server the time zone for the dates that it shows. */
(() => {
  let theme = "auto";
  try {
    theme = localStorage.getItem("theme") || theme;
  } catch { /* storage may be forbidden */ }
  document.documentElement.dataset.theme = theme;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  document.cookie = `timezone=${timeZone}; path=/; max-age=31536000; samesite=lax`;
})();
