import { expect } from '@open-wc/testing';
import type { Device } from '../../../../src/protocol/snapshot.ts';
import { show, until } from '../../../support/checkout.ts';
import { DEVICES } from '../../../support/devices.ts';
import { FakePayment } from '../../../support/fake-companion.ts';
import { pretend } from '../../../support/pretend.ts';
import { snapshot } from '../../../support/snapshots.ts';

let undo = (): void => undefined;

/** Returns the URL of the bank list that the element requests on a device, after the companion's reading of its headers. */
async function asked(name: string, attributes: Record<string, string> = {}): Promise<string> {
  undo();
  undo = pretend(name);
  const { told } = DEVICES.find((known) => known.name === name)!;
  const device: Device = { type: told.type, os: told.os, browser: null };
  const payment = await FakePayment.create(snapshot({ device }));
  await show(payment, attributes);
  let url: string | undefined;
  await until(async () => {
    url = (await payment.log()).find(({ path }) => path === 'banks')?.url;
    return url !== undefined;
  });
  return url!.slice(url!.indexOf('/session'));
}

describe('the bank list', () => {
  afterEach(() => {
    undo();
    undo = () => undefined;
  });

  it('is an iPad’s on an iPad that calls itself a Mac', async () => {
    expect(await asked('iPad as a Mac')).to.equal('/session/banks?platform=ios');
  });

  it('is that of the request where the companion has read it right', async () => {
    for (const name of ['iPhone, Safari 18', 'Android, Chrome', 'HarmonyOS without Android']) {
      expect(await asked(name), name).to.equal('/session/banks');
    }
  });

  it('is the device’s own, whatever the shop says of it', async () => {
    expect(await asked('macOS, Safari', { device: 'mobile' })).to.equal('/session/banks');
    expect(await asked('iPad as a Mac', { device: 'mobile' })).to.equal('/session/banks?platform=ios');
  });
});
