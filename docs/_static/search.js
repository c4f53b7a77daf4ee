/* Searches the pages with Pagefind: in a dialog, or on the page search.html.
   A hit is a section; what it says of the words stands below it. */
(() => {
  const root = new URL("..", document.currentScript.src);
  const MOST = 8;
  const inPage = document.getElementById("search");
  const LISTS = {
    "messages.html": "all messages",
    "answers.html": "all questions",
    "names.html": "all names",
  };

  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    made.append(...inside);
    return made;
  };

  let loading;
  const load = () =>
    (loading ??= import(new URL("pagefind/pagefind.js", root)).then(
      async (pagefind) => {
        await pagefind.options({ excerptLength: 24, ranking: { termSimilarity: 3 } });
        return pagefind;
      },
    ));

  const wordsOf = (text) => text.toLowerCase().match(/\w+/g) ?? [];

  /* A message is pasted with what differs each time: what comes before it, such as
     a file and the name of the error, objects, addresses, and seconds. */
  const RUN = 3;
  const WARNING = /^.*?Warning: /;
  const VARIES = [
    /^.*?(Error|Exception|ExceptionGroup): /, /\[Errno -?\d+\]/g,
    / \([^()]*\d[^()]*\)/g, /\b\d+\.\d+\b/g,
    /\b(future|handle|protocol|task|transport): /g];
  const OBJECT = /<[^<>]*>/g;
  const messageOf = (text) => {
    let said = text.replace(WARNING, "");
    while (OBJECT.test(said)) said = said.replace(OBJECT, " ");
    const rest = VARIES.reduce((left, one) => left.replace(one, " "), said);
    const enough = [rest, said].find((one) => wordsOf(one).length >= RUN);
    return enough ?? (wordsOf(said).length ? said : text);
  };

  /* The lines of a traceback are indented; a box has one line. */
  const onOneLine = (text) => {
    const lines = text.split(/\s*\n/);
    const said = lines.filter((line) => !/^(\s|Traceback |$)/.test(line));
    return (said.length ? said : lines).join(" ").trim();
  };

  /* A question has words that each page has. */
  const QUESTION = /^(can|do|does|how|is|should|what|when|where|which|who|why)\b/i;
  const COMMON = new Set(
    ("a an and are at be can do does for from how i in is it me my of on or " +
      "should that the to what when where which who why with").split(" "));
  const ownWords = (text) => {
    const own = wordsOf(text).filter((word) => !COMMON.has(word));
    return QUESTION.test(text) && own.length ? own.join(" ") : text;
  };

  /* Few words follow one another by chance three at a time. */
  const runsOf = (words) => [...new Set(
    words.slice(RUN - 1).map((_, at) => words.slice(at, at + RUN).join(" ")))];

  /* As Pagefind has it: "hangs" finds "hang", and "cancel" finds "cancelled". */
  const isLike = (one = "", word) =>
    one.includes(word.slice(0, 6)) || (one.length > 3 && word.startsWith(one));

  /* How many of the *texts* each page has, and where it has the rarest. */
  const pagesWith = async (search, texts) => {
    const found = new Map();
    for (const text of texts) {
      const { results } = await search(text);
      for (const result of results) {
        const { count, least, rarest } = found.get(result.id) ??
          { count: 0, least: Infinity };
        const isRarer = results.length < least;
        found.set(result.id, {
          count: count + 1,
          least: isRarer ? results.length : least,
          rarest: isRarer ? result : rarest,
        });
      }
    }
    return found;
  };

  /* The pages with all the words, or with a run of them; most runs come first.
     If there are none, the pages with most of the words. */
  const results = async (text) => {
    const { search } = await load();
    const { results } = await search(ownWords(text));
    const runs = QUESTION.test(text) ? [] : runsOf(wordsOf(text));
    let found = await pagesWith(search, runs.map((run) => `"${run}"`));
    const hasAll = results.length > 0 || found.size > 0;
    if (!hasAll) found = await pagesWith(search, wordsOf(ownWords(text)));
    const known = new Set(results.map(({ id }) => id));
    const others = [...found.values()].map(({ rarest }) => rarest);
    const all = [...results, ...others.filter(({ id }) => !known.has(id))];
    const count = ({ id }) => found.get(id)?.count ?? 0;
    const ranked = all.sort((a, b) => count(b) - count(a));
    return { hasAll, all: ranked, count };
  };

  /* The section of a page that has most of the message; or else the one where
     the words are in the best places: a heading outweighs what follows. */
  const best = (page, words) => {
    const text = page.raw_content.split(/\s+/).map((one) => wordsOf(one).join(" "));
    const after = (place) =>
      text.slice(place, place + 2 * RUN).filter(Boolean).join(" ");
    const rank = ({ weighted_locations }) => {
      const begun = weighted_locations.map(({ location }) => after(location));
      const runs = runsOf(words).filter((run) =>
        begun.some((words) => words.startsWith(run)));
      const weights = words.map((word) =>
        Math.max(0, ...weighted_locations.map(({ location, weight }) =>
          isLike(text[location], word) ? weight : 0)));
      return [runs.length, weights.reduce((sum, weight) => sum + weight, 0)];
    };
    const ranked = page.sub_results.map((section) => [rank(section), section]);
    ranked.sort(([a], [b]) => b[0] - a[0] || b[1] - a[1]);
    return ranked[0]?.[1] ?? page;
  };

  /* A page that is asked for by its name comes first, and lists come last. Of pages
     that have as much of a message, the one that explains it comes first; it does not
     answer a question. */
  const nameOf = ({ url }) => url.match(/(\w+)\.html$/)[1];
  const isNamed = (page, text) => nameOf(page) === text.toLowerCase();
  const isList = (page, text) =>
    ["answers", "index", "names"].includes(nameOf(page)) ||
    (nameOf(page) === "messages" && QUESTION.test(text));
  const explains = (page) => page.runs > 0 && nameOf(page) === "messages";

  const find = async (asked) => {
    const text = messageOf(asked);
    const { hasAll, all, count } = await results(text);
    const pages = await Promise.all(all.slice(0, MOST).map(
      async (one) => ({ ...(await one.data()), runs: hasAll ? count(one) : 0 })));
    pages.sort((a, b) => b.runs - a.runs || explains(b) - explains(a));
    pages.sort((a, b) => isNamed(b, text) - isNamed(a, text) ||
      isList(a, text) - isList(b, text));
    const hits = pages.map((page) =>
      ({ ...best(page, wordsOf(ownWords(text))), page: page.meta.title }));
    return { hasAll, count: all.length, hits };
  };

  const linkTo = (hit, text) => {
    const url = new URL(hit.url, root);
    url.searchParams.set("found", text);
    return url.href;
  };

  const shown = (hit, text) => {
    const link = make("a", { href: linkTo(hit, text) }, hit.title);
    if (hit.page !== hit.title) link.append(make("span", {}, hit.page));
    const excerpt = make("p");
    excerpt.innerHTML = hit.excerpt; // Pagefind has escaped it
    return make("li", {}, link, excerpt);
  };

  const lists = (before) => {
    const said = make("p", {}, before);
    for (const [page, name] of Object.entries(LISTS))
      said.append(" ", make("a", { href: new URL(page, root) }, name), ";");
    said.lastChild.replaceWith(".");
    return said;
  };

  const unserved = () => {
    const folder = decodeURIComponent(root.pathname);
    const command = `python3 -m http.server --bind localhost -d ${folder}`;
    return make(
      "div", {},
      make("p", {}, "A browser does not let a page search that was opened as a " +
        "file. This serves the site at http://localhost:8000:"),
      make("pre", { tabindex: 0 }, command),
      inPage ? "" : lists("Or look through"),
    );
  };

  /* The box and the hits. *asked* is told what is searched for. */
  const searcher = (asked) => {
    const box = make("input", {
      type: "search", name: "q", "aria-label": "Search", autocomplete: "off",
      placeholder: "A message, a name, a question", spellcheck: "false",
    });
    const status = make("p", { role: "status" });
    const list = make("ol");
    const search = async () => {
      const text = box.value.trim();
      asked(text);
      if (!text) return void list.replaceChildren(status.textContent = "");
      if (!loading) status.textContent = "The index is on its way";
      const { hasAll, count, hits } = await find(text);
      if (text !== box.value.trim()) return;
      status.textContent = (count === 1 ? "1 page" : `${count} pages`) +
        (hasAll || !count ? "" : " with some of the words, none with all");
      list.replaceChildren(...hits.map((hit) => shown(hit, text)));
      if (!count)
        list.replaceChildren(make("li", {}, lists(
          `No page has a word of “${text}”. Look through`)));
    };
    box.addEventListener("input", search);
    box.addEventListener("paste", (event) => {
      const pasted = event.clipboardData.getData("text");
      if (!pasted.includes("\n")) return;
      event.preventDefault();
      box.setRangeText(onOneLine(pasted), box.selectionStart, box.selectionEnd, "end");
      search();
    });
    const form = make("form", { role: "search" }, box);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      list.querySelector("a")?.click();
    });
    const inside = location.protocol === "file:"
      ? [unserved()] : [form, status, list];
    const whole = make("div", { class: "searcher" }, ...inside);
    whole.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const stops = [box, ...list.querySelectorAll("li > a")];
      stops[stops.indexOf(document.activeElement) + step]?.focus();
      event.preventDefault();
    });
    return { whole, box, search };
  };

  const style = make("link", {
    rel: "stylesheet", href: new URL("_static/search.css", root),
  });
  const styled = new Promise((done) => {
    style.onload = style.onerror = done;
    document.head.append(style);
  });

  if (inPage) {
    const address = new URL(location);
    const { whole, box, search } = searcher((text) => {
      address.searchParams.set("q", text);
      history.replaceState(null, "", address);
    });
    inPage.append(whole);
    box.value = onOneLine(address.searchParams.get("q") ?? "");
    if (box.value) search();
  }

  let dialog;
  const open = async () => {
    await styled;
    if (inPage) return inPage.querySelector("input")?.focus();
    if (!dialog) {
      const { whole } = searcher(() => {});
      const close = make("button", { type: "button" }, "Close");
      close.addEventListener("click", () => dialog.close());
      dialog = make(
        "dialog", { class: "search-dialog", "aria-label": "Search" }, whole, close);
      dialog.addEventListener("click", ({ target }) => {
        if (target === dialog) dialog.close();
      });
      /* In a box with words, Escape would clear the box first. */
      dialog.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        dialog.close();
      });
      document.body.append(dialog);
    }
    dialog.showModal();
    dialog.querySelector("input")?.select();
  };

  /* Marks *text*, or else its words, in the section to which a hit led. */
  const mark = (text) => {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    const article = place || document.querySelector("article");
    const words = wordsOf(text).filter((one) => one.length > 2);
    const escaped = [text, ...words].map((one) =>
      one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"));
    const wanted = RegExp(escaped.join("|"), "gi");
    const ranges = [];
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      for (const { index, 0: found } of walker.currentNode.data.matchAll(wanted)) {
        const range = new Range();
        range.setStart(walker.currentNode, index);
        range.setEnd(walker.currentNode, index + found.length);
        ranges.push(range);
      }
    CSS.highlights?.set("found", new Highlight(...ranges));
  };

  const found = new URLSearchParams(location.search).get("found");
  if (found) mark(found);

  window.openSearch = open;
})();
