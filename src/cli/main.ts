process.stderr.write('holdfast: no commands yet\n');
process.exitCode = 2;
