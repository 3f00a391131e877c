/** How many files and sockets this process may open. Node's own report knows it on every system that has it. */
export function openFilesLimit(): number | undefined {
  // It would look up the name of every address it is connected to, which may take seconds.
  const report = Object.assign(process.report, { excludeNetwork: true }).getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
  };
  const soft = report.userLimits?.open_files?.soft;
  return soft === 'unlimited' ? Infinity : soft === undefined ? undefined : Number(soft);
}
