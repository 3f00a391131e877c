import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

/** Flags that name a cluster. A context is never taken silently from kubectl's current one. */
export interface ClusterFlags {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly config?: string;
}

/** Flags by which somebody insists. */
export interface YesFlags {
  /** Lets this protected context pass. */
  readonly yesContext?: string;
}

/** Flags that say what short names in experiments mean. */
export interface NamespaceFlags {
  readonly namespace?: string;
}

/** Flags that choose experiments among the files given, and the values put into them. */
export interface SelectionFlags {
  readonly selector?: string;
  readonly grep?: string;
  readonly set: Readonly<Record<string, string>>;
}

export function addClusterFlags(command: Command): Command {
  return command
    .option('--context <name>', 'context of the kubeconfig to use; always named, here or in the config file')
    .option('--kubeconfig <file>', 'kubeconfig file (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--config <file>', 'config file (default: holdfast.config.yaml here or above)');
}

export function addYesFlags(command: Command): Command {
  return command.option('--yes-context <name>', 'let this context pass although the config file protects it');
}

export function addNamespaceFlag(command: Command): Command {
  return command.option('-n, --namespace <name>', 'namespace of short service names where an experiment names none');
}

/** `--istio`: the minor version that a sandbox acts out, 23 for 1.23. */
export function istioOption(): Option {
  const istio = new Option('--istio <version>', 'Istio version that the sandbox acts out');
  return istio.argParser(istioMinor).default(24, '1.24');
}

/** `--seed`. */
export function seedOption(of = 'every random choice of the sandbox'): Option {
  const seed = new Option('--seed <number>', `seed of ${of} (default: drawn, and told)`);
  return seed.argParser(wholeNumber);
}

/** Reads a flag that counts something. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

function istioMinor(text: string): number {
  const minor = /^1\.(\d{1,3})(?:\.\d+)?$/.exec(text)?.[1];
  if (minor === undefined) throw new InvalidArgumentError('Write it as 1.23.');
  return Number(minor);
}

export function addSelectionFlags(command: Command): Command {
  const set = new Option('--set <name=value>', 'value of a variable of the files; may be repeated');
  return command
    .option('-l, --selector <labels>', "experiments with these labels, as kubectl's: a=b, a!=b, a in (b,c), a, !a")
    .option('--grep <regex>', 'experiments whose name or description matches')
    .addOption(set.argParser(collectSetting).default({}, 'none'));
}

/** `-o`: the format of what goes to stdout. The first of `formats` is the default. */
export function addOutputFormat(command: Command, formats: readonly string[]): Command {
  const output = new Option('-o, --output <format>', 'format of the output');
  return command.addOption(output.choices(formats).default(formats[0]));
}

/** `--chaosblade`: which ChaosBlade the sandbox has. */
export function chaosbladeOption(): Option {
  const option = new Option(
    '--chaosblade <version>',
    'ChaosBlade that the sandbox acts out (default: 1.8 with Bookinfo)',
  );
  return option.choices(['0.8', '1.8', 'none']);
}

/** `--force-finalizer`: never by default. */
export function forceFinalizerOption(): Option {
  const what = "take ChaosBlade's finalizer off a resource that its operator does not let go; the fault may stay in";
  return new Option('--force-finalizer', what);
}

function collectSetting(text: string, earlier: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}
