# SPDX-License-Identifier: MIT
"""Drives a headless Chromium through the DevTools protocol over a pair of pipes: no port, no driver, no library.

Everything that a page says on its console, throws or requests is collected; every wait has a deadline and ends in an error."""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

DEADLINE = 60  # seconds for anything that a browser on a busy machine does
FLAGS = '''--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync
  --disable-dev-shm-usage --disable-extensions --no-default-browser-check --force-color-profile=srgb --remote-debugging-pipe'''.split()


class Browser:
    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix='mpconform-page-')
        to_read, self.to = os.pipe()
        self.source, from_write = os.pipe()
        # The browser reads its file descriptor 3 and writes to 4.
        line = f'exec "$@" 3<&{to_read} 4>&{from_write}'
        self.log = open(os.path.join(self.folder, 'stderr'), 'wb')
        self.process = subprocess.Popen(['bash', '-c', line, 'bash', program, *FLAGS, '--user-data-dir=' + os.path.join(self.folder, 'profile')],
                                        pass_fds=(to_read, from_write), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True,
                                        env={**os.environ, 'HOME': self.folder})
        os.close(to_read)
        os.close(from_write)
        self.bytes, self.number, self.answers, self.events = b'', 0, {}, []

    def send(self, method, parameters=None, session=None):
        """Sends a command and returns its result."""
        self.number += 1
        number, message = self.number, {'id': self.number, 'method': method, 'params': parameters or {}}
        if session:
            message['sessionId'] = session
        data = json.dumps(message).encode() + b'\0'
        while data:
            data = data[os.write(self.to, data):]
        self.wait(lambda: number in self.answers, method)
        answer = self.answers.pop(number)
        if 'error' in answer:
            raise RuntimeError(f'{method}: {answer["error"]}')
        return answer['result']

    def wait(self, done, what):
        end = time.monotonic() + DEADLINE
        while not done():
            ready, _, _ = select.select([self.source], [], [], max(0, end - time.monotonic()))
            data = os.read(self.source, 1 << 20) if ready else b''
            if not data:
                raise RuntimeError(f'no answer to {what}' + self.last_words())
            *whole, self.bytes = (self.bytes + data).split(b'\0')
            for text in whole:
                message = json.loads(text)
                if 'id' in message:
                    self.answers[message['id']] = message
                else:
                    self.events.append(message)

    def last_words(self):
        with open(os.path.join(self.folder, 'stderr'), errors='replace') as log:
            return '; the browser said: ' + log.read()[-1500:]

    def close(self):
        try:
            self.send('Browser.close')
            self.process.wait(DEADLINE)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # the group that we made: whatever it left
        except ProcessLookupError:
            pass
        self.process.wait()
        for fd in (self.to, self.source):
            os.close(fd)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


class Page:
    """A tab of its own, of the given size."""

    def __init__(self, browser, width=1280, height=900, dark=False, javascript=True):
        self.browser = browser
        self.target = browser.send('Target.createTarget', {'url': 'about:blank'})['targetId']
        self.session = browser.send('Target.attachToTarget', {'targetId': self.target, 'flatten': True})['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.send(domain + '.enable')
        if not javascript:
            self.send('Emulation.setScriptExecutionDisabled', {'value': True})
        self.size(width, height)
        self.media(dark)

    def send(self, method, parameters=None):
        return self.browser.send(method, parameters, self.session)

    def size(self, width, height):
        self.send('Emulation.setDeviceMetricsOverride', {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': width < 600})

    def media(self, dark=False, reduced=False):
        features = [{'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}]
        if reduced:
            features.append({'name': 'prefers-reduced-motion', 'value': 'reduce'})
        self.send('Emulation.setEmulatedMedia', {'features': features})

    def events(self, method):
        return [event['params'] for event in self.browser.events if event.get('sessionId') == self.session and event['method'] == method]

    def open(self, path, address=''):
        """Loads a file and waits until it is shown."""
        before = len(self.events('Page.loadEventFired'))
        self.send('Page.navigate', {'url': 'file://' + os.path.abspath(path) + address})
        self.browser.wait(lambda: len(self.events('Page.loadEventFired')) > before, 'the load of ' + path)
        self.run('document.body.offsetHeight')

    def run(self, script):
        """The value of a script, or of the promise that it makes."""
        answer = self.send('Runtime.evaluate', {'expression': script, 'returnByValue': True, 'awaitPromise': True, 'userGesture': True})
        if 'exceptionDetails' in answer:
            raise RuntimeError(f'{script}: {answer["exceptionDetails"]}')
        return answer['result'].get('value')

    def go(self, address):
        """Follows an address within the page."""
        self.run('new Promise((done) => { const to = %s; if (location.hash === to) done(); else { '
                 'addEventListener("hashchange", () => setTimeout(done), {once: true}); location.hash = to; } })' % json.dumps(address))

    def key(self, key, code=None, text=None, modifiers=0):
        numbers = {'Tab': 9, 'Enter': 13, 'Escape': 27, ' ': 32, 'ArrowDown': 40}
        common = {'key': key, 'code': code or key, 'windowsVirtualKeyCode': numbers.get(key, 0), 'modifiers': modifiers}
        text = text or {'Enter': '\r', ' ': ' '}.get(key)
        self.send('Input.dispatchKeyEvent', {'type': 'keyDown' if text else 'rawKeyDown', **common, **({'text': text} if text else {})})
        self.send('Input.dispatchKeyEvent', {'type': 'keyUp', **common})
        self.run('new Promise((done) => setTimeout(done))')

    def type(self, text):
        self.send('Input.insertText', {'text': text})
        self.run('new Promise((done) => setTimeout(done))')

    def shot(self, path):
        with open(path, 'wb') as out:
            out.write(base64.b64decode(self.send('Page.captureScreenshot', {'format': 'png'})['data']))

    def complaints(self):
        """What the console has, and what was thrown."""
        said = [event['entry']['text'] for event in self.events('Log.entryAdded')]
        said += [str(event['args']) for event in self.events('Runtime.consoleAPICalled')]
        return said + [str(event['exceptionDetails'].get('exception', event['exceptionDetails'])) for event in self.events('Runtime.exceptionThrown')]

    def requests(self):
        """Addresses that were asked for, but for the page itself and what it carries in itself."""
        urls = [event['request']['url'] for event in self.events('Network.requestWillBeSent')]
        return [url for url in urls if not url.startswith(('file://', 'data:', 'about:'))]

    def close(self):
        self.browser.send('Target.closeTarget', {'targetId': self.target})
