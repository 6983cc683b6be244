import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DeliveryConcurrency } from '../../../src/companion/notifications/delivery-concurrency.ts';

const shop = (host: string, path = '/hook') => ({ host, endpoint: `https://${host}${path}` });

/** Acquires as many slots as are free, at most `wanted`. */
function takeAll(places: DeliveryConcurrency, to: ReturnType<typeof shop>, wanted: number) {
  return Array.from({ length: wanted }, () => places.acquire(to)).filter((giveBack) => giveBack !== null);
}

describe('places for deliveries', () => {
  it('give one endpoint its share, and the next one another', () => {
    const places = new DeliveryConcurrency();
    assert.equal(takeAll(places, shop('a.example'), 20).length, 8);
    assert.equal(takeAll(places, shop('a.example', '/other'), 20).length, 8);
    assert.deepEqual(places.full().endpoints.sort(), ['https://a.example/hook', 'https://a.example/other']);
  });

  it('are taken one at a time by an endpoint that was silent, until it answers', () => {
    const places = new DeliveryConcurrency();
    places.acquire(shop('a.example'))!(false);
    const [giveBack, ...more] = takeAll(places, shop('a.example'), 20);
    assert.equal(more.length, 0);
    giveBack!(true);
    assert.equal(takeAll(places, shop('a.example'), 20).length, 8);
  });

  it('are left for those that answer, however many paths a dead host has', () => {
    const places = new DeliveryConcurrency();
    places.acquire(shop('dead.example', '/0'))!(false);
    const dead = Array.from({ length: 500 }, (_, i) => places.acquire(shop('dead.example', `/${i}`)));
    assert.equal(dead.filter((giveBack) => giveBack !== null).length, 32);
    assert.deepEqual(places.full().hosts, ['dead.example']);
    assert.equal(takeAll(places, shop('alive.example'), 20).length, 8);
  });

  it('are left for those that answer, however many hosts are dead', () => {
    const places = new DeliveryConcurrency();
    const hosts = Array.from({ length: 500 }, (_, i) => shop(`dead${i}.example`));
    for (const host of hosts) places.acquire(host)!(false);
    assert.equal(hosts.filter((host) => places.acquire(host) !== null).length, 64);
    assert.equal(places.full().hosts.length, 500);
    assert.equal(takeAll(places, shop('alive.example'), 20).length, 8);
  });

  it('all come back', () => {
    const places = new DeliveryConcurrency();
    const hosts = Array.from({ length: 300 }, (_, i) => shop(`h${i}.example`));
    const taken = hosts.flatMap((host) => takeAll(places, host, 1));
    assert.equal(taken.length, 128);
    for (const giveBack of taken) giveBack(true);
    assert.deepEqual(places.full(), { endpoints: [], hosts: [] });
    assert.equal(hosts.flatMap((host) => takeAll(places, host, 1)).length, 128);
  });
});
