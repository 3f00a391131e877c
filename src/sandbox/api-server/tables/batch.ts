import type { Column } from '../catalogue/kind.ts';
import { at, listAt, numberAt, stringAt } from '../json.ts';
import { age, ago } from './age.ts';

export const cronJobColumns: readonly Column[] = [
  { name: 'Schedule', cell: (job) => stringAt(job, ['spec', 'schedule']) },
  { name: 'Timezone', cell: (job) => stringAt(job, ['spec', 'timeZone'], '<none>') },
  { name: 'Suspend', cell: (job) => (at(job, 'spec', 'suspend') === true ? 'True' : 'False') },
  { name: 'Active', type: 'integer', cell: (job) => listAt(job, 'status', 'active').length },
  {
    name: 'Last Schedule',
    cell: (job) => {
      const last = at(job, 'status', 'lastScheduleTime');
      return last === undefined ? '<none>' : ago(last);
    },
  },
  age,
];

export const jobColumns: readonly Column[] = [
  {
    name: 'Completions',
    cell: (job) => `${numberAt(job, ['status', 'succeeded'])}/${numberAt(job, ['spec', 'completions'], 1)}`,
  },
  age,
];
