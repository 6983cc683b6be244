import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOfMarkup } from '../../build/plain-markup.ts';

/** Splits markup at its expressions, as a tagged template does. */
function faultOf(strings: TemplateStringsArray, ..._values: readonly unknown[]): string | null {
  return faultOfMarkup(strings.raw);
}

describe('markup that is built without a parser', () => {
  it('is text, plain tags and expressions in the usual places', () => {
    for (const fault of [
      faultOf`Оплачено`,
      faultOf`${0} ${1}`,
      faultOf`<p class="a ${0}" part="message" @click=${1} .view=${2} ?hidden=${3}>${4} <b>${5}</b></p> ${6}`,
      faultOf`<section ${0}><input readonly .value=${1} /><br /></section>`,
      faultOf`<ul><li><a href=${0} title="b, c=d">${1}</a><ul><li></li></ul></li></ul>`,
      faultOf`<svg viewBox="0 0 ${0} ${1}" aria-hidden="true"><path d=${2} /><circle r="1"></circle></svg>`,
      faultOf`<sbp-qr-code .payload=${0} .label=${1}></sbp-qr-code>`,
    ]) {
      assert.equal(fault, null);
    }
  });

  for (const [why, fault] of Object.entries({
    'a character reference in a text': faultOf`<p>a&nbsp;b</p>`,
    'a character reference in an attribute': faultOf`<p title="a&amp;b"></p>`,
    'a comment': faultOf`<!-- ${0} -->`,
    'a lone bracket': faultOf`1 < 2`,
    'raw text': faultOf`<style>${0}</style>`,
    'a script': faultOf`<script></script>`,
    'a template': faultOf`<template></template>`,
    'a table, whose rows a parser wraps': faultOf`<table><tr></tr></table>`,
    'another namespace': faultOf`<math></math>`,
    'HTML in a drawing': faultOf`<svg><foreignObject></foreignObject></svg>`,
    'an element that is not closed': faultOf`<p>`,
    'an element closed by another': faultOf`<b><i></b></i>`,
    'an end without a start': faultOf`</p>`,
    'an open tag': faultOf`<p class="a"`,
    'a void element that is left open': faultOf`<br>`,
    'an element of HTML that closes itself': faultOf`<div />`,
    'a name that is an expression': faultOf`<${0}></${1}>`,
    'a name in capital letters': faultOf`<DIV></DIV>`,
    'an attribute in capital letters': faultOf`<div tabIndex="0"></div>`,
    'an attribute without quotes': faultOf`<div class=a></div>`,
    'an attribute in other quotes': faultOf`<div class='a'></div>`,
    'an attribute half of an expression': faultOf`<div class=a${0}></div>`,
    'an attribute twice': faultOf`<div class="a" class="b"></div>`,
    'a link in a link': faultOf`<a><b><a></a></b></a>`,
    'a heading in a heading': faultOf`<h1><span><h2></h2></span></h1>`,
    'a block in a paragraph': faultOf`<p><div></div></p>`,
    'an item beside its list': faultOf`<div><li></li></div>`,
    'what an iframe would hold': faultOf`<iframe><b></b></iframe>`,
  })) {
    it(`is not ${why}`, () => assert.equal(typeof fault, 'string'));
  }
});
