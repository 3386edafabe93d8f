// Small comforts on top of pages that work without them: keys, focus after a swap, busy marks, copying, fresh times.
// Nothing here decides anything; every act is a link or a form that the server answers.
(() => {
  "use strict";

  const root = document.documentElement;
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  const say = (sentence) => {
    const status = one("#status");
    if (status) status.textContent = sentence;
  };

  const focus = (element) => {
    if (!element) return;
    if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
    element.focus();
  };

  // ---- Requests: busy marks, polling, focus

  let running = 0;
  let slow;

  const isPoll = (element) => /(^|,)\s*every\s/.test(element.getAttribute?.("hx-trigger") || "");
  const targetOf = ({ target, sourceElement }) =>
    (typeof target === "string" ? one(target) : target) || sourceElement;

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const target = targetOf(ctx);

    // A poll waits while nobody looks, and while somebody is in the middle of what it would replace.
    if (isPoll(ctx.sourceElement)) {
      if (document.hidden || target.contains(document.activeElement)) event.preventDefault();
      return;
    }

    ctx.hadFocus = document.activeElement;
    ctx.paging = ctx.sourceElement.closest(".pager");
    ctx.busy = target;
    target.setAttribute("aria-busy", "true");
    running += 1;
    slow ??= setTimeout(() => root.setAttribute("data-busy", ""), 150);
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    if (!ctx.busy) return;

    ctx.busy.removeAttribute("aria-busy");
    running -= 1;
    if (running === 0) {
      clearTimeout(slow);
      slow = undefined;
      root.removeAttribute("data-busy");
    }
  });

  // A fragment names what gets the focus; the pages of a list give it to the caption; and when what had it is gone,
  // it must not fall back to the body.
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (!ctx.busy) return;

    const target = ctx.busy.isConnected ? ctx.busy : one(`[id="${ctx.busy.id}"]`) || one("#main");
    const wish = target.matches("[data-focus]") ? target : one("[data-focus]", target);

    if (wish) focus(one(wish.dataset.focus));
    else if (ctx.paging) focus(one("caption", target));
    else if (document.activeElement === document.body && ctx.hadFocus !== document.body) focus(target);
  });

  // ---- Pressing: forms, copy buttons, popovers

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
    setTimeout(() => button?.removeAttribute("aria-busy"), 4000);
  });
  addEventListener("pageshow", () => all("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy")));

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard.writeText(copy.dataset.copy).then(
        () => {
          copy.setAttribute("data-copied", "");
          setTimeout(() => copy.removeAttribute("data-copied"), 2000);
          say("Copied.");
        },
        () => say("The browser did not allow copying."),
      );
    }

    if (event.target.closest("button[type=button][data-key=Esc]")) clearSelection();

    for (const popover of all("[data-popover][open]")) {
      if (!popover.contains(event.target)) popover.open = false;
    }
  });

  // ---- Appearance: shown at once, kept by the same POST as without scripts

  document.addEventListener("change", async (event) => {
    const form = event.target.closest("[data-preferences]");
    if (!form) return;

    root.setAttribute("data-" + event.target.name, event.target.value);
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        redirect: "manual",
      });
      say(answer.ok || answer.type === "opaqueredirect" ? "Saved." : "Rollcall could not save this choice.");
    } catch {
      say("Rollcall could not be reached. This choice lasts until you leave the page.");
    }
  });

  // ---- Selecting rows

  let lastTick;
  const ticks = () => all("[data-select-row]");
  const changed = (box) => box.dispatchEvent(new Event("change", { bubbles: true }));

  const markPage = () => {
    const boxes = ticks();
    const chosen = boxes.filter((box) => box.checked).length;
    for (const head of all("[data-select-page]")) {
      head.checked = boxes.length > 0 && chosen === boxes.length;
      head.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  };

  const tick = (box, range) => {
    const boxes = ticks();
    const from = boxes.indexOf(lastTick);
    const to = boxes.indexOf(box);
    if (range && from >= 0) {
      for (const other of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) other.checked = box.checked;
    }
    lastTick = box;
  };

  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.matches("[data-select-row]")) tick(target, event.shiftKey);
  });
  // Before the form hears of it, so that it sends the rows with their new ticks.
  document.addEventListener(
    "change",
    ({ target }) => {
      if (target.matches("[data-select-page]")) ticks().forEach((box) => (box.checked = target.checked));
      if (target.matches("[data-select-page], [data-select-row]")) markPage();
    },
    true,
  );

  const selectPage = () => one("[data-select-page]")?.click();

  document.addEventListener("htmx:after:swap", markPage);

  const clearSelection = () => {
    const clear = one("[data-clear-selection]");
    if (clear) {
      clear.click();
      return;
    }
    const boxes = ticks().filter((box) => box.checked);
    boxes.forEach((box) => (box.checked = false));
    if (boxes.length) changed(boxes[0]);
  };

  // ---- Keys: none of them fires inside a field, and data-keys="off" silences all single ones

  const rows = () => all("tbody tr").filter((row) => one("[data-row-link]", row));
  const currentRow = () => document.activeElement.closest?.("tbody tr") || one("tr[data-current]");

  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(currentRow());
    const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    all("tr[data-current]").forEach((row) => row.removeAttribute("data-current"));
    next.setAttribute("data-current", "");
    one("[data-row-link]", next).focus();
  };

  const select = (range) => {
    const box = currentRow() && one("[data-select-row]", currentRow());
    if (!box) return;
    box.checked = range || !box.checked;
    tick(box, range);
    changed(box);
  };

  const known = () => {
    const keys = [
      ["Ctrl K", "Search everywhere", "[data-palette]"],
      ["/", "Search this page", "[data-page-search]"],
      ["j k", "Next or previous row", "[data-row-link]"],
      ["x", "Select the row, with Shift a range", "[data-select-row]"],
      ["*", "Select this page", "[data-select-page]"],
      ["Enter", "Open the row", "[data-row-link]"],
      ["Arrows", "Go from cell to cell", "[data-grid]"],
      ["Space", "Tick or untick the cell", "[data-grid] [name=hold]"],
      ["Esc", "Clear the selection", "[data-select-row]"],
    ].filter(([, , needs]) => one(needs));
    all("[data-go]").forEach((link) => keys.push(["g " + link.dataset.go, link.firstChild.textContent.trim()]));
    all("[data-key]:not([data-key=Esc])").forEach((element) => keys.push([element.dataset.key, nameOf(element)]));
    const ofRow = new Map(all("[data-row-key]").map((element) => [element.dataset.rowKey, nameOf(element)]));
    ofRow.forEach((name, key) => keys.push([key, name + ", for the current row"]));
    return keys;
  };

  const nameOf = (element) =>
    element.getAttribute("aria-label") ||
    [...element.childNodes]
      .filter((node) => node.nodeName !== "KBD" && !node.classList?.contains("vh"))
      .map((node) => node.textContent)
      .join("")
      .trim();

  const showKeys = () => {
    const dialog = document.createElement("dialog");
    const title = document.createElement("h2");
    const list = document.createElement("dl");
    const form = document.createElement("form");
    const close = document.createElement("button");
    title.textContent = "Keys of this page";
    title.id = "keys-title";
    dialog.setAttribute("aria-labelledby", title.id);
    list.className = "defs";
    for (const [key, meaning] of known()) {
      const term = document.createElement("dt");
      const kbd = document.createElement("kbd");
      const sense = document.createElement("dd");
      kbd.textContent = key;
      sense.textContent = meaning;
      term.append(kbd);
      list.append(term, sense);
    }
    form.method = "dialog";
    close.className = "btn";
    close.textContent = "Close";
    form.append(close);
    dialog.append(title, list, form);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  let going = 0;

  const single = {
    "/": () => one("[data-page-search]")?.focus(),
    "?": showKeys,
    j: () => move(1),
    k: () => move(-1),
    x: () => select(false),
    X: () => select(true),
    "*": selectPage,
    g: () => (going = Date.now()),
  };

  const byAttribute = (name, value, from = document) =>
    from && all(`[${name}]`, from).find((element) => element.getAttribute(name) === value);

  // What the search field found: arrows walk through it, Escape closes it.
  const palette = (event) => {
    const field = one("[data-palette]");
    const found = one("#palette");
    if (!found?.firstElementChild || (event.target !== field && !found.contains(event.target))) return false;
    if (event.key === "Escape") {
      found.replaceChildren();
      field.focus();
      return true;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = all("a[href]", found);
    if (!step || !links.length) return false;
    event.preventDefault();
    const next = links.indexOf(document.activeElement) + step;
    (next < 0 ? field : links[Math.min(next, links.length - 1)]).focus();
    return true;
  };

  // A grid: arrows go from cell to cell, to what can be pressed in it or to the cell itself.
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const grid = (event) => {
    const step = steps[event.key];
    const cell = event.target.closest("[data-grid] :is(td, th)");
    if (!step || !cell) return false;
    const lines = all("tr", cell.closest("table"));
    const line = lines[lines.indexOf(cell.parentElement) + step[0]];
    const next = line?.cells[Math.min(cell.cellIndex, line.cells.length - 1) + step[1]];
    if (!next) return false;
    event.preventDefault();
    focus(one("a, button, input:not([type=hidden])", next) || next);
    return true;
  };

  // How many ticks differ from what is stored; the server counts again.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-matrix]");
    if (!form || event.target.name !== "hold") return;
    const boxes = all("[name=hold]", form).filter((box) => box.checked !== box.hasAttribute("data-was"));
    const count = boxes.length + Number(form.dataset.matrix);
    one("[data-changes]", form).textContent = count ? `${count} change${count === 1 ? "" : "s"}` : "No changes yet";
  });

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const inField = target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k" && one("[data-palette]")) {
      event.preventDefault();
      one("[data-palette]").select();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) return;
    if (palette(event) || grid(event)) return;

    if (key === "Escape") {
      const popover = one("[data-popover][open]");
      if (popover) {
        popover.open = false;
        one("summary", popover).focus();
      } else if (!inField) clearSelection();
      return;
    }
    if (inField || root.dataset.keys === "off") return;

    const act =
      (Date.now() - going < 1500 && byAttribute("data-go", key)) ||
      byAttribute("data-row-key", key, currentRow()) ||
      byAttribute("data-key", key) ||
      single[key];
    if (key !== "g") going = 0;
    if (!act) return;

    event.preventDefault();
    if (typeof act === "function") act();
    else act.click();
  });

  // ---- Times stay true while a page is open

  setInterval(() => {
    for (const time of all("time[data-relative]")) {
      const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
      const [count, unit] = minutes < 60 ? [minutes, "minute"] : [Math.floor(minutes / 60), "hour"];
      time.textContent = minutes < 1 ? "just now" : `${count} ${unit}${count === 1 ? "" : "s"} ago`;
    }
  }, 60000);

  // The list of a page's sections marks the one that is being read.
  const parts = all(".sections a").filter((link) => one(link.hash));
  const markPart = () => {
    const top = (link) => one(link.hash).getBoundingClientRect().top;
    const end = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    // At the end of the page the last sections are all in sight: the one that was asked for counts.
    const asked = parts.find((link) => link.hash === location.hash && top(link) >= 0 && top(link) < innerHeight);
    const read = end ? asked || parts.at(-1) : parts.findLast((link) => top(link) < 120) || parts[0];
    for (const link of parts) {
      if (link === read) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  if (parts.length > 1) {
    addEventListener("scroll", markPart, { passive: true });
    addEventListener("hashchange", markPart);
    markPart();
  }

  // The sidebar is a scrolling row on narrow windows: the current page starts in sight.
  document.addEventListener("DOMContentLoaded", () => {
    const side = one(".side");
    const current = one(".side [aria-current]");
    if (side && current && side.scrollWidth > side.clientWidth) {
      side.scrollLeft = current.offsetLeft - (side.clientWidth - current.offsetWidth) / 2;
    }
    markPage();
  });

  // htmx binds in a later task when the page is parsed already, as it is for a deferred script: what is typed or
  // ticked before that would be lost. It binds each element once.
  window.htmx?.initialize();
})();
