const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A line as RSPLIB stamps it, in UTC: `01-Jan-2026 00:00:12.3319: Logging started`. @param now epoch seconds */
export function stamped(now: number, text: string): string {
  const rounded = Math.round(now * 1e4);
  const date = new Date(rounded / 10);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
  const fraction = String(rounded % 1e4).padStart(4, '0');
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.${fraction}`;
  return `${day} ${time}: ${text}`;
}
