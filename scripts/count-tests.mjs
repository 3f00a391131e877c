#!/usr/bin/env node
// Prints the counts of a JUnit file as one plain line; exits 1 when no test ran.
import { readFileSync } from 'node:fs';

const xml = readFileSync(process.argv[2], 'utf8');
const count = (name) => Number(/<testsuites\b[^>]*>/.exec(xml)?.[0].match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
const skipped = (xml.match(/<skipped\b/g) ?? []).length;
const failed = count('failures') + count('errors');
const passed = count('tests') - failed - skipped;

process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = passed + failed === 0 || failed > 0 ? 1 : 0;
