/** <theme-choice>: light, dark, or as the system says. */

class ThemeChoice extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    select.value = document.documentElement.dataset.theme;
    select.onchange = () => {
      document.documentElement.dataset.theme = select.value;
      try {
        localStorage.setItem("theme", select.value);
      } catch { /* the choice holds for this page */ }
    };
  }
}

customElements.define("theme-choice", ThemeChoice);
