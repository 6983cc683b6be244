import { join } from 'node:path';
import ts from 'typescript';
import { exactMember, lackingMember, membersNamed, type Finding } from './newer-javascript.ts';

const ROOT = join(import.meta.dirname, '../../..');

export interface MembersUsed {
  /** Members of the browser's objects that the floor lacks. */
  readonly newer: readonly Finding[];
  /** Members of our own objects. A called method has `()` after its name. */
  readonly ours: ReadonlySet<string>;
}

/**
 * Finds the members that our sources use, with their interface from TypeScript. It can distinguish `AbortSignal.reason`
 * from `PromiseRejectionEvent.reason`, which is impossible in the built file.
 */
export function membersUsed(program: ts.Program, folders: readonly string[]): MembersUsed {
  const checker = program.getTypeChecker();
  const newer: Finding[] = [];
  const ours = new Set<string>();
  const visit = (node: ts.Node): void => {
    const name = memberName(node);
    if (name) look(name);
    ts.forEachChild(node, visit);
  };
  const look = (name: ts.Node): void => {
    const declarations = checker.getSymbolAtLocation(name)?.declarations ?? [];
    const foreign = declarations.filter((one) => program.isSourceFileDefaultLibrary(one.getSourceFile()));
    if (foreign.length === 0) {
      const called = ts.isCallExpression(name.parent.parent) && name.parent.parent.expression === name.parent;
      ours.add(called ? `${name.getText()}()` : name.getText());
      return;
    }
    const exact = foreign
      .map((one) => exactMember(ownerOf(one), name.getText()))
      .filter((feature) => feature !== undefined);
    const lacking = lackingMember(exact.length > 0 ? exact : membersNamed(name.getText()));
    if (lacking.length === 0) return;
    const file = name.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(name.getStart());
    const where = `${file.fileName.slice(ROOT.length + 1)}:${line + 1}`;
    newer.push({ what: `${ownerOf(foreign[0]!)}.${name.getText()}`, where, lackedBy: lacking });
  };
  filesIn(program, folders).forEach(visit);
  return { newer, ours };
}

/** Returns a program of the files that `npm run build:npm` compiles. */
export function npmProgram(): ts.Program {
  const path = join(ROOT, 'tsconfig.build.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: object };
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  return ts.createProgram(fileNames, {
    ...options,
    sourceMap: false,
    inlineSources: false,
    declaration: false,
  });
}

/** Returns the scripts that `npm run build:npm` builds from the folders, by the path of their source. */
export function npmBuild(program: ts.Program, folders: readonly string[]): ReadonlyMap<string, string> {
  const built = new Map<string, string>();
  for (const file of filesIn(program, folders)) {
    program.emit(file, (_path, text) => built.set(file.fileName.slice(ROOT.length + 1), text));
  }
  return built;
}

function filesIn(program: ts.Program, folders: readonly string[]): ts.SourceFile[] {
  const isIn = ({ fileName }: ts.SourceFile, folder: string): boolean =>
    fileName.startsWith(join(ROOT, folder, '/'));
  return program.getSourceFiles().filter((file) => folders.some((folder) => isIn(file, folder)));
}

/** Returns the node of the member's name in `owner.name` and in `const { name } = owner`. */
function memberName(node: ts.Node): ts.Node | null {
  if (ts.isPropertyAccessExpression(node)) return ts.isPrivateIdentifier(node.name) ? null : node.name;
  if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return null;
  return node.propertyName ?? node.name;
}

/** Returns the interface's name. `ObjectConstructor` declares the static members of `Object`. */
function ownerOf(declaration: ts.Declaration): string {
  for (let node: ts.Node = declaration.parent; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isInterfaceDeclaration(node) || ts.isVariableDeclaration(node)) {
      return node.name.getText().replace(/Constructor$/, '');
    }
  }
  return '';
}
