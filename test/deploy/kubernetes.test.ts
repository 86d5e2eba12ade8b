import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { complaints, jobOf, manifests, type Job } from './files.js';

describe('the Kubernetes manifests', () => {
  const files = ['coordinator', 'workers'];

  it('are valid by the schemas of their kinds', () => {
    for (const manifest of files.flatMap(manifests)) {
      const { kind, metadata } = manifest;
      expect(complaints('kubernetes-1.30', `#/definitions/${kind}`, manifest), metadata.name).to.deep.equal(
        [],
      );
    }
  });

  it('would not be valid with a misspelt field', () => {
    const job = jobOf('workers');
    const misspelt = { ...job, spec: { ...job.spec, podReplacmentPolicy: 'Failed' } };
    expect(complaints('kubernetes-1.30', '#/definitions/Job', misspelt).join()).to.include(
      'podReplacmentPolicy',
    );
  });

  for (const name of files) {
    const job = jobOf(name);
    const { template, podFailurePolicy } = job.spec;
    const pod = template.spec;
    const [container] = pod.containers;

    it(`${name}: the Job ends on bad input and divergence, and replaces pods that fail otherwise`, () => {
      // The API server refuses a podFailurePolicy with another restartPolicy.
      expect(pod.restartPolicy).to.equal('Never');
      const ending = podFailurePolicy.rules.find(({ action }) => action === 'FailJob')?.onExitCodes;
      expect(ending?.values).to.deep.equal([exitCode.badInput, exitCode.diverged]);
      expect(ending?.containerName).to.equal(container.name);
    });

    it(`${name}: pods run without root, without rights and with a root that cannot be written to`, () => {
      expect(pod.securityContext).to.include({ runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 });
      expect(container.securityContext).to.deep.equal({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.requests).to.have.all.keys('cpu', 'memory');
    });

    it(`${name}: every volume that is mounted is there, and every claim`, () => {
      const volumes = pod.volumes.map((volume) => volume.name);
      expect(container.volumeMounts.map((mount) => mount.name)).to.have.members(volumes);
      const claims = manifests(name).flatMap(({ kind, metadata }) =>
        kind === 'PersistentVolumeClaim' ? [metadata.name] : [],
      );
      const claimed = pod.volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
      expect(claimed).to.have.members(claims).and.have.length(1);
    });
  }

  it('the Service leads to the coordinator, and workers dial it', () => {
    const coordinator = jobOf('coordinator');
    const service = manifests('coordinator').find(({ kind }) => kind === 'Service');
    if (service?.kind !== 'Service') throw new Error('there is no Service');
    expect(coordinator.spec.template.metadata.labels).to.deep.equal(service.spec.selector);
    expect(jobOf('workers').spec.template.metadata.labels).not.to.deep.equal(service.spec.selector);
    const [{ port, targetPort }] = service.spec.ports;
    expect(argsOf(coordinator).ports?.map(({ name }) => name)).to.deep.equal([targetPort]);
    expect(argsOf(jobOf('workers')).args).to.include(`ws://${service.metadata.name}:${port}`);
  });

  it('the coordinator divides clients among as many workers as there are', () => {
    const { completions = 0 } = jobOf('workers').spec;
    expect(argsOf(jobOf('coordinator')).args).to.include(`--workers=${completions}`);
  });
});

const argsOf = (job: Job) => job.spec.template.spec.containers[0];
