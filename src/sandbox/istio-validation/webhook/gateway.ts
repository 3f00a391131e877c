import { checkPort, isDnsLabel, wildcardDomainProblem } from './names.ts';
import type { Report } from './report.ts';
import type { GatewayServer, GatewaySpec } from './shapes.ts';

/** `spec` of a Gateway called `name`. */
export function checkGateway(name: string, spec: GatewaySpec, report: Report): void {
  const { servers = [] } = spec;
  if (!isDnsLabel(name)) report.error(`invalid gateway name: "${name}"`);
  if (servers.length === 0) report.error('gateway must have at least one server');
  for (const server of servers) {
    if (server === null || server === undefined) report.error('cannot have nil server');
    else checkServer(server, report);
  }
  checkPortNames(servers, report);
}

const PROTOCOLS = new Set('TCP UDP GRPC GRPC-WEB HTTP HTTP_PROXY HTTP2 HTTPS TLS MONGO REDIS MYSQL'.split(' '));
const TLS_PROTOCOLS = new Set(['HTTPS', 'TLS']);
const HTTP_PROTOCOLS = new Set(['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-WEB']);

function checkServer(server: GatewayServer, report: Report): void {
  const { hosts = [], port, tls } = server;
  if (hosts.length === 0) report.error('server config must contain at least one host');
  for (const host of hosts) checkHost(host, report);
  if (port === undefined) return report.error('port is required');
  const protocol = (port.protocol ?? '').toUpperCase();
  if (!PROTOCOLS.has(protocol)) {
    report.error(
      `invalid protocol "${port.protocol ?? ''}", supported protocols are HTTP, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP`,
    );
  }
  checkPort(port.number ?? 0, report);
  checkTls(protocol, tls, report);
}

function checkTls(protocol: string, tls: GatewayServer['tls'], report: Report): void {
  const isTls = TLS_PROTOCOLS.has(protocol);
  if (isTls && tls === undefined) return report.error('server must have TLS settings for HTTPS/TLS protocols');
  if (isTls) return checkCertificates(tls ?? {}, report);
  if (tls === undefined) return;
  if (!HTTP_PROTOCOLS.has(protocol)) {
    report.error('server cannot have TLS settings for non HTTPS/TLS ports');
  } else if (![undefined, 'PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(tls.mode)) {
    // Only a redirect to HTTPS makes sense on a plain port.
    report.error('server cannot have TLS settings for plain text HTTP ports');
  }
}

function checkCertificates(tls: NonNullable<GatewayServer['tls']>, report: Report): void {
  const title = { SIMPLE: 'SIMPLE TLS', MUTUAL: 'MUTUAL TLS', OPTIONAL_MUTUAL: 'MUTUAL TLS' }[tls.mode ?? ''];
  if (title === undefined || tls['credentialName'] !== undefined) return;
  if (title === 'MUTUAL TLS' && tls['caCertificates'] === undefined) {
    report.error(`${title} requires a client CA bundle`);
  }
  if (tls['serverCertificate'] === undefined) report.error(`${title} requires a server certificate`);
  if (tls['privateKey'] === undefined) report.error(`${title} requires a private key`);
}

/** `host`, or `namespace/host` with `*` and `.` for any and for its own. */
function checkHost(host: string, report: Report): void {
  const slash = host.indexOf('/');
  const namespace = slash === -1 ? undefined : host.slice(0, slash);
  const name = host.slice(slash + 1);
  if (namespace === '' || name === '') report.error('config namespace and dnsName in host entry cannot be empty');
  if (namespace !== undefined && namespace !== '*' && namespace !== '.' && !isDnsLabel(namespace)) {
    report.error(`invalid namespace value "${namespace}" in gateway`);
  }
  const problem = wildcardDomainProblem(name);
  if (problem !== undefined) report.error(problem);
}

function checkPortNames(servers: GatewaySpec['servers'] & {}, report: Report): void {
  const names = new Set<string>();
  for (const server of servers) {
    if (server?.port === undefined) continue;
    const { name = '', protocol = '' } = server.port;
    if (names.has(name)) report.error(`port names in servers must be unique: duplicate name ${name}`);
    names.add(name);
    if (server.tls?.httpsRedirect === true && !HTTP_PROTOCOLS.has(protocol.toUpperCase())) {
      report.warn('tls.httpsRedirect should only be used with http servers');
    }
  }
}
