// @ts-check
// A headless Chromium over its debugging pipe: just what the tests of the page need.
'use strict';

const {spawn} = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe',
  '--host-resolver-rules=MAP * ~NOTFOUND', '--no-first-run', '--disable-extensions', '--disable-background-networking',
  '--hide-scrollbars'];

/** Full path of a program on PATH, or undefined. */
const find = (name) => (process.env.PATH || '').split(path.delimiter).map((d) => path.join(d, name)).find((file) => {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

const chromium = () => NAMES.map(find).find(Boolean);

/** Chromium without a network: no name of a host is ever found. */
class Browser {
  constructor() {
    this.profile = fs.mkdtempSync(path.join(os.tmpdir(), 'proda-browser-'));
    this.process = spawn(chromium(), [...FLAGS, `--user-data-dir=${this.profile}`, 'about:blank'],
      {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    this.calls = new Map();
    this.listeners = [];
    this.last = 0;
    this.pending = '';
    this.process.stdio[4].setEncoding('utf8');
    this.process.stdio[4].on('data', (text) => this.receive(text));
  }

  receive(text) {
    const messages = (this.pending + text).split('\0');
    this.pending = messages.pop();
    for (const message of messages.map((m) => JSON.parse(m))) {
      if (message.id) this.answer(message);
      else this.listeners.forEach((f) => f(message));
    }
  }

  answer({id, error, result}) {
    const {resolve, reject} = this.calls.get(id);
    this.calls.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    this.process.stdio[3].write(`${JSON.stringify({id, method, params, sessionId})}\0`);
    return new Promise((resolve, reject) => this.calls.set(id, {resolve, reject}));
  }

  async close() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.send('Browser.close').catch(() => {});
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
    this.process.kill('SIGKILL');
    fs.rmSync(this.profile, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
  }

  /** A page of a given size, with its console's errors and the addresses that it asks for. */
  async page({width, height, scale = 1, phone = false, dark = false}) {
    const {targetId} = await this.send('Target.createTarget', {url: 'about:blank'});
    const {sessionId} = await this.send('Target.attachToTarget', {targetId, flatten: true});
    const page = new Page(this, sessionId);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    await page.send('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: scale, mobile: phone});
    await page.send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}]});
    return page;
  }
}

class Page {
  constructor(browser, session) {
    this.browser = browser;
    this.session = session;
    this.errors = [];
    this.requests = [];
    browser.listeners.push((m) => { if (m.sessionId === session) this.hear(m); });
  }

  hear({method, params}) {
    if (method === 'Runtime.exceptionThrown') this.errors.push(params.exceptionDetails.exception?.description || params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params.type)) {
      this.errors.push(params.args.map((a) => a.description || a.value).join(' '));
    }
    if (method === 'Log.entryAdded' && params.entry.level === 'error') this.errors.push(params.entry.text);
    if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
    if (method === 'Page.loadEventFired' && this.loaded) this.loaded();
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  /** Milliseconds that a page took to load. */
  async open(url) {
    const loaded = new Promise((resolve) => { this.loaded = resolve; });
    const began = Date.now();
    await this.send('Page.navigate', {url});
    await loaded;
    return Date.now() - began;
  }

  /** The value of an expression, which may be a promise. */
  async evaluate(expression) {
    const {result, exceptionDetails} = await this.send('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true});
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description || exceptionDetails.text);
    return result.value;
  }

  /** Waits until an expression is true. */
  async until(expression, milliseconds = 20000) {
    const end = Date.now() + milliseconds;
    while (!(await this.evaluate(`Boolean(${expression})`))) {
      if (Date.now() > end) throw new Error(`never true: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async click(x, y) {
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.send('Input.dispatchMouseEvent', {type, x, y, button: 'left', clickCount: 1});
    }
  }

  /** PNG of what is seen, or of a rectangle of the whole page. */
  async screenshot(clip = undefined) {
    const {data} = await this.send('Page.captureScreenshot',
      {format: 'png', captureBeyondViewport: Boolean(clip), ...(clip ? {clip: {scale: 1, ...clip}} : {})});
    return Buffer.from(data, 'base64');
  }
}

module.exports = {Browser, chromium, find};
