import type { StoredObject } from '../store.ts';
import { checkSchema, type Cause } from './crd/check.ts';
import { destinationRuleSchema } from './crd/destination-rule-schema.ts';
import { gatewaySchema } from './crd/gateway-schema.ts';
import type { Schema } from './crd/schema.ts';
import { virtualServiceSchema } from './crd/virtual-service-schema.ts';
import { checkDestinationRule } from './webhook/destination-rule.ts';
import { checkGateway } from './webhook/gateway.ts';
import { createReport, type Report } from './webhook/report.ts';
import { checkVirtualService } from './webhook/virtual-service.ts';

/** The API server's answer to a write, as its option `admission` wants it. */
export interface IstioAnswer {
  readonly denied?: {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
    readonly causes?: readonly Cause[];
  };
  readonly warnings: readonly string[];
}

interface Kind {
  readonly schema: Schema;
  readonly check: (spec: object, name: string, istioMinor: number, report: Report) => void;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'virtualservices.networking.istio.io': {
    schema: virtualServiceSchema,
    check: (spec, _name, istioMinor, report) => checkVirtualService(spec, istioMinor, report),
  },
  'destinationrules.networking.istio.io': {
    schema: destinationRuleSchema,
    check: (spec, _name, _istioMinor, report) => checkDestinationRule(spec, report),
  },
  'gateways.networking.istio.io': {
    schema: gatewaySchema,
    check: (spec, name, _istioMinor, report) => checkGateway(name, spec, report),
  },
};

/**
 * Istio's two layers of validation: what the CRDs let the API server refuse (422 with causes), then what istiod's
 * webhook refuses (400) or warns of. Everything else is let through.
 */
export function istioAdmission(options: {
  /** 24 for Istio 1.24; the CRDs check values from 1.23 on. */
  readonly istioMinor: number;
}): (operation: 'CREATE' | 'UPDATE', resource: string, object: StoredObject) => IstioAnswer {
  const { istioMinor } = options;
  return (_operation, resource, object) => {
    const kind = KINDS[resource];
    if (kind === undefined) return { warnings: [] };
    const depth = istioMinor >= 23 ? 'values' : 'types';
    const spec = object['spec'] ?? {};
    const causes = checkSchema(kind.schema, spec, 'spec', depth);
    if (causes.length > 0) return { denied: invalid(object, causes), warnings: [] };
    const report = createReport();
    kind.check(spec, object.metadata.name, istioMinor, report);
    const verdict = report.verdict();
    if (verdict === undefined) return { warnings: report.warnings };
    const message = `admission webhook "${webhookName(istioMinor)}" denied the request: configuration is invalid: ${verdict}`;
    return { denied: { code: 400, reason: '', message }, warnings: [] };
  };
}

function invalid({ kind, metadata }: StoredObject, causes: readonly Cause[]): IstioAnswer['denied'] & {} {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const message = `${kind}.networking.istio.io "${metadata.name}" is invalid: ${list}`;
  return { code: 422, reason: 'Invalid', message, causes };
}

function webhookName(istioMinor: number): string {
  if (istioMinor > 10) return 'rev.validation.istio.io';
  return istioMinor >= 6 ? 'validation.istio.io' : 'pilot.validation.istio.io';
}
