import { bool, each, listOf, mapOf, object, oneOfWords, text, unsigned } from './schema.ts';

// What the CRD of Istio 1.23+ says: https://github.com/istio/api/blob/master/kubernetes/customresourcedefinitions.gen.yaml

const versions = oneOfWords('TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3');

const tls = object({
  httpsRedirect: bool,
  mode: oneOfWords('PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'),
  ...each(['serverCertificate', 'privateKey', 'caCertificates', 'credentialName'], text),
  ...each(['minProtocolVersion', 'maxProtocolVersion'], versions),
  ...each(['cipherSuites', 'subjectAltNames'], listOf(text)),
});

const port = object(
  { ...each(['number', 'targetPort'], unsigned), ...each(['name', 'protocol'], text) },
  { required: ['number', 'protocol', 'name'] },
);

/** `spec` of a Gateway. */
export const gatewaySchema = object({
  selector: mapOf(text),
  servers: listOf(
    object({ ...each(['bind', 'name'], text), port, hosts: listOf(text), tls }, { required: ['port', 'hosts'] }),
  ),
});
