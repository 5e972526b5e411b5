# What the reference implementation of OpenMetrics reads of a file: a line for each sample.
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families

for family in text_string_to_metric_families(open(sys.argv[1], encoding='utf-8').read()):
    if not family.documentation or (family.unit and not family.name.endswith('_' + family.unit)):
        sys.exit('%s has no help, or not its unit' % family.name)
    for sample in family.samples:
        print(sample.name, sorted(sample.labels.items()), sample.value, sep='\t')
