// Goes between the theme and its search worker, which gets an empty index from the page:
// the pages of the reader's language are fetched with the first query and not before, accents do
// not matter, and of Korean every syllable is required (the index has syllables, so that a word
// is found inside a compound).
const { searchParams } = new URL(self.location);

const SETUP = 0;
const READY = 1;
const QUERY = 2;

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").normalize("NFC");
const dispatch = (data) => self.dispatchEvent(new MessageEvent("message", { data }));

let setup, query, ready, loading, loaded;

const load = async () => {
  const address = new URL(`../search/${searchParams.get("language")}.json`, self.location);
  const { docs } = await (await fetch(address)).json();
  await new Promise((resolve) => {
    ready = resolve;
    dispatch({ ...setup, data: { ...setup.data, docs } });
  });
  loaded = true;
  dispatch(query);
};

// Listens first, because the worker's own listener is added below.
self.addEventListener("message", (event) => {
  const { data } = event;
  if (data.type === SETUP) {
    setup = data;
  } else if (data.type === QUERY) {
    if (!data.folded) {
      data.data = plain(data.data).replace(/[가-힣]/g, (syllable) => ` +${syllable} `);
      data.folded = true;
    }
    if (!loaded && data.data.trim()) {
      event.stopImmediatePropagation();
      query = data;
      loading ??= load();
    }
  }
});

const post = self.postMessage.bind(self);
self.postMessage = (message) => {
  post(message);
  if (message.type === READY) ready?.();
};

importScripts(searchParams.get("worker"));

// What is indexed loses its accents as well.
const { ref } = lunr.Builder.prototype;
const fold = (token) => token.update(plain);
lunr.Pipeline.registerFunction(fold, "foldAccents");
lunr.Builder.prototype.ref = function (field) {
  this.pipeline.add(fold);
  this.searchPipeline.add(fold);
  return ref.call(this, field);
};
