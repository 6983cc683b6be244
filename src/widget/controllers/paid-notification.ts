/** How a page that nobody looks at says that it is paid. Loaded when that has happened. */

export interface PaidNotification {
  /** For the tab: «Оплачено». */
  readonly title: string;
  /** The tab's picture. */
  readonly icon: string;
  readonly sound: boolean;
  readonly vibration: boolean;
}

export function notifyPaid({ title, icon, sound, vibration }: PaidNotification): void {
  if (document.visibilityState !== 'visible') markTab(title, icon);
  if (sound) void chime();
  // Not everywhere, and then without a word.
  if (vibration) (navigator as Partial<Navigator>).vibrate?.([120, 80, 120]);
}

/** The tab's title and picture until it is looked at; then they are the page's own again. */
function markTab(title: string, icon: string): void {
  const { title: own } = document;
  const marked = `✓ ${title}${own && ` · ${own}`}`;
  document.title = marked;
  const link = document.createElement('link');
  link.rel = 'icon';
  link.href = icon;
  document.head.append(link);
  document.addEventListener('visibilitychange', function seen() {
    if (document.visibilityState !== 'visible') return;
    document.removeEventListener('visibilitychange', seen);
    link.remove();
    // The page may have given itself another one since.
    if (document.title === marked) document.title = own;
  });
}

/** Two soft notes, without a file to fetch. A page that nobody has touched may not sound. */
async function chime(): Promise<void> {
  try {
    const audio = new AudioContext();
    await audio.resume();
    const start = audio.currentTime;
    [660, 880].forEach((pitch, index) => {
      const at = start + index * 0.14;
      const [note, volume] = [audio.createOscillator(), audio.createGain()];
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.15, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
      note.connect(volume).connect(audio.destination);
      note.start(at);
      note.stop(at + 0.45);
      note.onended = () => index === 1 && void audio.close();
    });
  } catch {
    // No sound here: the screen says it.
  }
}
