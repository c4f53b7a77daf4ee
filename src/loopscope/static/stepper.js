// <loop-stepper>: one step of a trace at a time. Without this script the
// figure and the words are whole; here the words are shown step by step, in
// the figure their row is marked, and in the program their lines.

class LoopStepper extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector(".loop-words ol");
    this.panel = list.cloneNode(true);
    this.steps = [...this.panel.children];
    this.figure = this.querySelector(".loop-drawn");
    this.rows = this.figure.querySelectorAll("[data-step]");
    const box = document.createElement("div");
    box.className = "loop-panel";
    box.innerHTML = `<div class="loop-controls" role="group" aria-label="Steps">
      <button type="button" aria-label="Back">‹</button>
      <button type="button" aria-label="Play">▶</button>
      <button type="button" aria-label="Next">›</button>
      <input type="range" min="0" max="${this.steps.length - 1}" value="0"
        aria-label="Step">
      <span aria-hidden="true"></span></div>
      <p class="loop-said" role="status"></p>`;
    [this.back, this.player, this.next] = box.querySelectorAll("button");
    this.range = box.querySelector("input");
    this.count = box.querySelector("span");
    this.said = box.querySelector("p");
    this.panel.className = "loop-state";
    box.append(this.panel);
    this.querySelector(".loop-source").after(box);

    this.back.onclick = () => this.go(this.at - 1);
    this.next.onclick = () => this.go(this.at + 1);
    this.player.onclick = () => this.play(!this.timer);
    this.range.oninput = () => this.go(Number(this.range.value));
    this.onkeydown = (event) => this.key(event);
    for (const [index, row] of this.rows.entries()) {
      row.onclick = () => this.go(index);
    }
    this.show(0);
  }

  disconnectedCallback() {
    this.play(false);
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 };
    const isPlain = !(event.altKey || event.ctrlKey || event.metaKey);
    if (event.key in by && isPlain && event.target.closest(".loop-controls")) {
      event.preventDefault();
      this.go(this.at + by[event.key]);
    }
  }

  play(on) {
    clearInterval(this.timer);
    this.timer = on && setInterval(() => this.show(this.at + 1), 1500);
    if (on) this.show(this.at + 1 === this.steps.length ? 0 : this.at + 1);
    this.player.textContent = on ? "❚❚" : "▶";
    this.player.setAttribute("aria-label", on ? "Pause" : "Play");
  }

  go(to) {
    this.play(false);
    this.show(to);
  }

  show(to) {
    const last = this.steps.length - 1;
    const at = Math.min(Math.max(to, 0), last);
    if (this.timer && at === last) this.play(false);
    this.at = at;
    const step = this.steps[at];
    const text = `Step ${step.value} of ${this.steps[last].value}`;
    this.range.value = at;
    this.range.setAttribute("aria-valuetext", text);
    this.count.textContent = `${step.value} / ${this.steps[last].value}`;
    this.said.textContent = step.querySelector("p").textContent;
    this.back.ariaDisabled = at === 0; // and keeps the focus
    this.next.ariaDisabled = at === last;
    for (const [index, row] of this.rows.entries()) {
      row.classList.toggle("now", index === at);
    }
    for (const one of this.steps) one.classList.toggle("now", one === step);
    this.bringUp(this.rows[at]);
    this.mark(step);
  }

  bringUp(row) {
    const figure = this.querySelector(".loop-drawn");
    const above = row.getBoundingClientRect().top;
    const middle = figure.clientHeight / 2;
    figure.scrollTop += above - figure.getBoundingClientRect().top - middle;
  }

  mark(step) {
    for (const line of this.querySelectorAll(".loop-source [id]")) {
      line.className = "";
      delete line.dataset.stands;
    }
    const line = (number) =>
      document.getElementById(`${this.id}-${number}`) ?? { dataset: {} };
    line(step.dataset.from).className = "from";
    line(step.dataset.to).className = "to";
    for (const task of step.querySelectorAll(".tasks > span")) {
      const link = task.querySelector("a");
      if (!link) continue;
      const { dataset } = document.getElementById(link.hash.slice(1));
      const name = task.querySelector("b").textContent;
      dataset.stands = dataset.stands ? `${dataset.stands}, ${name}` : name;
    }
  }
}

customElements.define("loop-stepper", LoopStepper);
