// Replaces each section of the page when the server sends it anew. Without this the page is whole.
(() => {
  "use strict";
  const address = document.body.dataset.events;
  const status = document.getElementById("live");
  if (!address || !window.EventSource) return;

  const say = (state) => {
    status.textContent = status.dataset[state];
    status.className = state;
  };

  // Where the reader was within the section.
  const keepPlace = (old, fresh) => {
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const offsets = [...old.querySelectorAll(".scroll")].map((box) => [box.scrollTop, box.scrollLeft]);
    old.replaceWith(fresh);
    fresh.querySelectorAll(".scroll").forEach((box, place) => {
      if (offsets[place]) [box.scrollTop, box.scrollLeft] = offsets[place];
    });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const replace = (id, html) => {
    const old = document.getElementById(id);
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.firstElementChild;
    if (!old || !fresh || fresh.id !== id || old.isEqualNode(fresh)) return;
    fresh.classList.add("fresh");
    keepPlace(old, fresh);
  };

  const listen = () => {
    const source = new EventSource(address);
    source.addEventListener("open", () => say("live"));
    source.addEventListener("section", (event) => {
      const section = JSON.parse(event.data);
      replace(section.id, section.html);
    });
    source.addEventListener("error", () => {
      say("lost");
      // The browser tries again by itself, unless the server refused.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, 10000 + Math.random() * 20000);
    });
  };
  listen();
})();
