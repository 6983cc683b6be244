import { lackedBy, MDN } from './browsers.ts';
import type { Feature } from './compat-data.ts';
import { isLostField } from './lost-field.ts';
import { allNodes, isNode, parseModule, type SyntaxNode } from './syntax-tree.ts';

/** A part of a script, and the browsers of the floor that do not support it. */
export interface Finding {
  /** The feature, such as `Array.at`, `static {}` or `:has()`. The same text for every place. */
  readonly what: string;
  readonly where: string;
  readonly lackedBy: readonly string[];
}

const { builtins, classes, operators, regular_expressions: patterns, statements } = MDN.javascript;

/**
 * Finds syntax, global names and members that are newer than the floor. The owner of a member is known only for
 * `Global.member`. Any other member counts as newer if all of MDN's members with this name are newer and the name is
 * not in `ours`, which writes methods with `()`. Does not check arguments that older browsers ignore, such as `cause`
 * of `Error`. Throws a SyntaxError for syntax newer than ES2022.
 */
export function newerJavaScript(source: string, ours: ReadonlySet<string> = new Set()): Finding[] {
  const nodes = [...allNodes(parseModule(source))];
  const declared = new Set(nodes.flatMap(declaredNames));
  const called = new Set(nodes.filter(({ type }) => type === 'CallExpression').map(({ callee }) => callee));
  const asked = new Set(
    nodes.filter(({ operator }) => operator === 'typeof').map(({ argument }) => argument),
  );
  const findings: Finding[] = [];
  const add = (what: string, node: SyntaxNode, lacking: readonly string[]): void => {
    if (lacking.length === 0) return;
    findings.push({ what, where: source.slice(node.start, node.start + 80), lackedBy: lacking });
  };
  for (const node of nodes) {
    for (const [what, feature] of syntaxOf(node)) add(what, node, lackedBy(feature));
    if (isLostField(node)) add('field that Safari 15 loses names in', node, ['safari 15, safari_ios 15']);
    const name = String(node['name']);
    const global = node.type === 'Identifier' && !declared.has(name) && !asked.has(node);
    if (global) add(name, node, lackedBy(globalNamed(name)));
    const member = memberOf(node);
    if (!member) continue;
    const what = called.has(node) ? `${member.what}()` : member.what;
    if (!ours.has(what.slice(1))) add(what, node, lackingMember(member.owners));
  }
  return findings;
}

function syntaxOf(node: SyntaxNode): [string, Feature | undefined][] {
  switch (node.type) {
    case 'StaticBlock':
      return [['static {}', classes['static']?.['initialization_blocks'] ?? statements['static']]];
    case 'BinaryExpression':
      return isNode(node['left']) && node['left'].type === 'PrivateIdentifier'
        ? [['#name in object', classes['private_class_fields_in']]]
        : [];
    case 'AwaitExpression':
      return [['await', operators['await']]];
    case 'Literal':
      return inRegex(node['regex'] as Regex | undefined);
    default:
      return [];
  }
}

interface Regex {
  readonly pattern: string;
  readonly flags: string;
}

function inRegex(regex: Regex | undefined): [string, Feature | undefined][] {
  if (!regex) return [];
  const found: [string, Feature | undefined][] = [];
  if (/\(\?<[=!]/.test(regex.pattern)) found.push(['lookbehind', patterns['lookbehind_assertion']]);
  if (regex.flags.includes('d')) found.push(['regex flag d', builtins['RegExp']?.['hasIndices']]);
  return found;
}

/** Returns the names that the script declares in any scope. All other names are the browser's. */
function declaredNames(node: SyntaxNode): string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return namesIn(node['id']);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [...namesIn(node['id']), ...(node['params'] as unknown[]).flatMap(namesIn)];
    case 'ClassDeclaration':
    case 'ClassExpression':
      return namesIn(node['id']);
    case 'CatchClause':
      return namesIn(node['param']);
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return namesIn(node['local']);
    default:
      return [];
  }
}

/** Returns the names in a pattern. Includes the names in default values, which hides no finding of interest. */
function namesIn(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  return [...allNodes(pattern)]
    .filter(({ type }) => type === 'Identifier')
    .map((node) => String(node['name']));
}

function globalNamed(name: string): Feature | undefined {
  if (!/^[a-zA-Z]{4,}$/.test(name)) return undefined;
  return own(builtins, name) ?? own(MDN.api, name) ?? own(own(MDN.api, 'Window'), name);
}

/** Returns the members that this node may mean, and their name for the report. */
function memberOf(node: SyntaxNode): { what: string; owners: readonly Feature[] } | null {
  if (node.type !== 'MemberExpression' || node['computed'] === true) return null;
  const { object, property } = node as unknown as { object: SyntaxNode; property: SyntaxNode };
  if (property.type === 'PrivateIdentifier') return null;
  const name = String(property['name']);
  const owner = object.type === 'Identifier' ? String(object['name']) : '';
  const exact = exactMember(owner, name);
  if (exact) return { what: `${owner}.${name}`, owners: [exact] };
  return { what: `.${name}`, owners: membersNamed(name) };
}

/** Returns the members with this name of all interfaces and built-ins in MDN's data. */
export function membersNamed(name: string): readonly Feature[] {
  return MEMBERS.get(name) ?? [];
}

export function exactMember(owner: string, name: string): Feature | undefined {
  const held = own(builtins, owner) ?? own(MDN.api, owner);
  return own(held, `${name}_static`) ?? own(held, name);
}

/** Returns the browsers that lack the member; empty unless every possible owner has lacking browsers. */
export function lackingMember(owners: readonly Feature[]): string[] {
  const lacking = owners.map((owner) => lackedBy(owner));
  return lacking.every(({ length }) => length > 0) ? (lacking[0] ?? []) : [];
}

const MEMBERS = indexMembers([MDN.api, builtins, builtins['Intl'] ?? {}]);

function indexMembers(trees: readonly Feature[]): Map<string, Feature[]> {
  const members = new Map<string, Feature[]>();
  for (const held of trees.flatMap((tree) => Object.values(tree))) {
    for (const [name, member] of Object.entries(held ?? {})) {
      if (name === '__compat' || !member) continue;
      const bare = name.replace(/_(?:static|event)$/, '');
      members.set(bare, [...(members.get(bare) ?? []), member as Feature]);
    }
  }
  return members;
}

function own(feature: Feature | undefined, name: string): Feature | undefined {
  return feature && Object.hasOwn(feature, name) ? feature[name] : undefined;
}
