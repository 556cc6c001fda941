/** What strangers may write where a name belongs. */
export const hostileNames = {
  traversal: '../../../../etc/passwd\u0000.mp4',
  windows: '..\\..\\C:\\boot.ini:stream.mp4',
  absolute: '/etc/cron.d/job.mkv',
  url: 'file:///etc/passwd.mp4',
  html: `"><img src=x onerror="window.hacked=1"><script>window.hacked=2</script>.mp4`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the attack
  template: '${7*7}{{7*7}}<%= 7*7 %>%n%s%x.mp4',
  shell: '$(touch /tmp/hacked)`id`;rm -rf /|x&&y.mp4',
  sql: "'; DROP TABLE videos; --.mp4",
  terminal: 'a\u001b]0;owned\u0007\u001b[2J\u009b31mb\r\nfake log line.mp4',
  bidi: 'holiday\u202e4pm\u2066.exe',
  unseen: 'a\u200b\ufeff\u00ad\u2060b\u{e0041}.mp4',
  lines: 'one\u2028two\u2029three\u0085four.mp4',
  surrogates: 'a\ud800b\udc00c.mp4',
  marks: `Z${'\u0336'.repeat(200)}.mp4`,
  playlist: 'a",URI="http://evil.example/x.m3u8"\n#EXTM3U,b=c|d=e.mp4',
  json: '","status":"ready","x":"\\',
  device: 'CON',
  dots: '..',
  prototype: '__proto__',
  scripts: 'फ़िल्म 音声 👩‍👧 می‌خواهم.mp4',
} as const;

/** What no name may bring into a page, a log line, a terminal or a key. */
export const harmful = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/u;
