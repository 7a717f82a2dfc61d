(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const grounds = [...document.querySelectorAll("meta[name=theme-color]")];
  const own = grounds.map((meta) => meta.content);
  const wear = (theme) => {
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
    grounds.forEach((meta, scheme) => (meta.content = own[{ light: 0, dark: 1 }[theme] ?? scheme]));
  };
  try {
    wear(localStorage.getItem("theme"));
  } catch {} // Storage may be forbidden; then the choice lasts as long as the page.
  addEventListener("storage", (event) => event.key === "theme" && wear(event.newValue));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-testid=theme-toggle]")) return;
    const now = root.dataset.theme ?? (system.matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    wear(next);
    try {
      localStorage.setItem("theme", next);
    } catch {}
  });
})();
