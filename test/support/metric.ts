import { API_KEY } from './companion.ts';

/**
 * Returns the value of a companion's Prometheus metric. `name`: a pattern for the series, without labels or with
 * escaped ones.
 */
export async function metric(url: string, name: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(await response.text())?.[1];
  if (value === undefined) throw new Error(`there is no metric ${name}`);
  return Number(value);
}
