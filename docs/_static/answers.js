/* A box above the list of questions: those that have all its words stay. */
(() => {
  const list = document.querySelector(".answers");
  const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

  /* A page's title counts for each of its questions. */
  const pages = [...list.children].map((page) => {
    const title = page.firstElementChild.textContent;
    const questions = [...page.querySelectorAll("li")].map((item) =>
      ({ item, text: wordsOf(`${title} ${item.textContent}`).join(" ") }));
    return { page, questions };
  });
  const all = pages.flatMap(({ questions }) => questions);

  const box = document.createElement("input");
  box.type = "search";
  box.autocomplete = "off";
  box.spellcheck = false;
  const label = document.createElement("label");
  label.append("Show only the questions with these words", box);
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const filter = document.createElement("div");
  filter.className = "filter searcher";
  filter.append(label, status);

  const address = new URL(location);
  const show = () => {
    const words = wordsOf(box.value);
    const has = ({ text }) => words.every((word) => text.includes(word));
    for (const question of all) question.item.hidden = !has(question);
    for (const { page, questions } of pages)
      page.hidden = questions.every(({ item }) => item.hidden);
    const { length } = all.filter(({ item }) => !item.hidden);
    status.textContent = words.length
      ? `${length} of ${all.length} questions` : `${all.length} questions`;
    if (!length) {
      const link = document.createElement("a");
      link.href = `search.html?q=${encodeURIComponent(box.value.trim())}`;
      link.append("search the pages for these words");
      status.append(". You can ", link, ".");
    }
    address.searchParams.set("q", box.value);
    if (!box.value) address.searchParams.delete("q");
    history.replaceState(null, "", address);
  };

  box.value = address.searchParams.get("q") ?? "";
  box.addEventListener("input", show);
  list.before(filter);
  show();
})();
