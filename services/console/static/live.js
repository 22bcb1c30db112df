// Live updates. The server sends matter ids and revisions only; what they mean is fetched with the reader's own rights.
// Without this script the pages are whole, only not live.
(() => {
  "use strict";
  const place = document.getElementById("live");
  if (!place || !window.EventSource) return;
  const matter = place.dataset.matter;
  const source = new EventSource(`/events?since=${place.dataset.since}`);
  let waiting = false;
  let again = false;

  source.addEventListener("open", () => say("实时更新已连接"));
  source.addEventListener("error", () => {
    say(source.readyState === EventSource.CLOSED ? "实时更新已停止,请刷新页面或重新登录" : "实时更新中断,正在重新连接");
  });
  source.addEventListener("matter", (event) => {
    if (!matter || JSON.parse(event.data).matter_id === matter) refresh();
  });

  function say(text) {
    if (place.textContent !== text) place.textContent = text;
  }

  // However many events come in a burst, one fetch is under way and at most one follows.
  async function refresh() {
    if (waiting) {
      again = true;
      return;
    }
    waiting = true;
    await new Promise((done) => setTimeout(done, matter ? 150 : 1000));
    again = false;
    try {
      await (matter ? refreshMatter() : refreshList());
    } catch {
      say("暂时读不到更新,稍后自动重试");
      setTimeout(refresh, 3000);
    }
    waiting = false;
    if (again) refresh();
  }

  async function read(address) {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    say("实时更新已连接");
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async function refreshMatter() {
    const fresh = await read(`/matters/${matter}/fragment`);
    document.getElementById("matter").replaceChildren(...fresh.body.childNodes);
  }

  async function refreshList() {
    const fresh = await read(location.href);
    for (const part of [".counts", "table.matters tbody"]) {
      const old = document.querySelector(part);
      const made = fresh.querySelector(part);
      if (old && made) old.replaceWith(made);
      else if (part !== ".counts" && (old || made)) location.reload();
    }
  }
})();
