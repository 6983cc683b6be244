/** Signals a payment to a payer who does not look at the page. This module is loaded only after such a payment. */

export interface PaidNotification {
  /** The text for the tab: «Оплачено». */
  readonly title: string;
  /** The URL of the tab's icon. */
  readonly icon: string;
  readonly sound: boolean;
  readonly vibration: boolean;
}

export function notifyPaid({ title, icon, sound, vibration }: PaidNotification): void {
  if (document.visibilityState !== 'visible') markTab(title, icon);
  if (sound) void chime();
  // Some browsers have no vibration: do nothing there.
  if (vibration) (navigator as Partial<Navigator>).vibrate?.([120, 80, 120]);
}

/** Sets the tab's title and icon until the tab is visible, and then restores the page's own. */
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
    // Keep a title that the page has set meanwhile.
    if (document.title === marked) document.title = own;
  });
}

/** Plays two soft notes without a sound file. Browsers block sound on a page that the payer has not touched. */
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
    // No sound is possible. The screen shows the result.
  }
}
