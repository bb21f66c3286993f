// A robot's life at the hands of @hapic/harbor, as its own page shows it. What it was told comes out
// as lines of JSON; the caller compares. Arguments: the client's folder, the connection string.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, connection] = process.argv.slice(2);
const at = createRequire(pathToFileURL(`${folder}/package.json`));
const { HarborClient } = at('@hapic/harbor');
const client = new HarborClient({ connectionString: connection });

function say(step, told) {
  console.log(JSON.stringify({ step, told: told ?? null }));
}

const permissions = [{
  kind: 'project',
  namespace: 'library',
  access: [
    { resource: 'repository', action: 'push' },
    { resource: 'repository', action: 'pull' },
  ],
}];

await client.project.create({ project_name: 'library' });
say('project', await client.project.getOne('library', true));
say('projects', await client.project.getMany({ query: { page_size: 10 } }));

const robot = await client.robot.create({ name: 'ci', duration: 30, permissions });
say('created', robot);
const read = await client.robot.getOne(robot.id);
say('read', read);
say('listed', await client.robot.getMany({ query: { q: { name: 'ci' } } }));
await client.robot.update(robot.id, { ...read, description: 'pipeline', disable: true });
say('updated', await client.robot.getOne(robot.id));
say('refreshed', await client.robot.updateSecret(robot.id));
say('chosen', await client.robot.updateSecret(robot.id, 'Chosen-by-me-1'));
await client.robot.delete(robot.id);
try {
  await client.robot.getOne(robot.id);
  say('gone', 'still there');
} catch (error) {
  say('gone', error.response?.status ?? error.message);
}
