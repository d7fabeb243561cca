// Replaces each section of the page when the server sends it anew. Without this the page is whole.
(() => {
  "use strict";
  const address = document.body.dataset.events;
  const status = document.getElementById("live");
  if (!address || !window.EventSource) return;

  const say = (text) => {
    if (status && status.textContent !== text) status.textContent = text;
  };
  const lost = () => say(" " + (document.getElementById("as-of")?.dataset.lost ?? ""));

  // What the reader had opened, typed and focused stays.
  const keep = (old, fresh) => {
    const open = [...old.querySelectorAll("details")].map((details) => details.open);
    fresh.querySelectorAll("details").forEach((details, place) => {
      if (open[place] !== undefined) details.open = open[place];
    });
    old.querySelectorAll("input[id]").forEach((field) => {
      const same = fresh.querySelector("#" + CSS.escape(field.id));
      if (same) same.value = field.value;
    });
  };

  const swap = (old, fresh) => {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const links = [...old.querySelectorAll("a, summary, input, button")];
    const place = links.indexOf(focused);
    // A live region is announced only if it stays and its content changes.
    if (old.hasAttribute("aria-live")) old.replaceChildren(...fresh.childNodes);
    else old.replaceWith(fresh);
    if (place >= 0) {
      const now = document.getElementById(fresh.id) ?? fresh;
      now.querySelectorAll("a, summary, input, button")[place]?.focus({ preventScroll: true });
    }
  };

  const replace = (id, html) => {
    const old = document.getElementById(id);
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.firstElementChild;
    if (!old || !fresh || fresh.id !== id) return;
    keep(old, fresh);
    if (!old.isEqualNode(fresh)) swap(old, fresh);
  };

  const listen = () => {
    const source = new EventSource(address);
    source.addEventListener("open", () => say(status?.dataset.live ?? ""));
    source.addEventListener("section", (event) => {
      const section = JSON.parse(event.data);
      replace(section.id, section.html);
    });
    source.addEventListener("error", () => {
      lost();
      // The browser tries again by itself, unless the server refused.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, 10000 + Math.random() * 20000);
    });
  };
  listen();
})();
