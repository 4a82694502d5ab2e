/* Words of Kubernetes, Compose and servers that nothing here has as a key, so that what they mean is told wherever they are
 * written: whoever has a manifest at hand puts a key where the manifest has it. */
#include "sim/scenario/foreign.h"
#include <stddef.h>

#define ANYWHERE  "*"
#define AUTOSCALE "services.NAME.autoscale"
#define UPDATE    "services.NAME.update"
#define PROBE     "services.NAME.probes.startup" /* of the three probes the first */
#define LIMITS    "services.NAME.resources.limits"
#define NOTHING   "it changes nothing that is simulated: leave it out"

const struct foreign_word foreign_anywhere[] = {
    /* --- files that are no scenario ----------------------------------------------------------------------------------------- */
    {"apiversion|metadata", ANYWHERE, "it is of a Kubernetes manifest: 'aguanta import k8s FILE' makes a scenario of one", NULL},
    {"envfile|networkmode|containername", ANYWHERE,
     "it is of a Compose file: 'aguanta import compose FILE' makes a scenario of one", NULL},

    /* --- the autoscaler of pods ---------------------------------------------------------------------------------------------- */
    {"minreplicas|minreplicacount", ANYWHERE, "\"autoscale\": {\"min\": ...} of a service", AUTOSCALE ".min"},
    {"maxreplicas|maxreplicacount", ANYWHERE, "\"autoscale\": {\"max\": ...} of a service", AUTOSCALE ".max"},
    {"targetcpuutilizationpercentage|averageutilization", ANYWHERE, "\"autoscale\": {\"cpu\": \"80%\"} of a service",
     AUTOSCALE ".cpu"},
    {"horizontalpodautoscaler|hpa|scaletargetref|scaledobject|keda", ANYWHERE,
     "\"autoscale\": {\"min\": ..., \"max\": ..., \"cpu\": ...} of a service", AUTOSCALE},
    {"stabilizationwindowseconds", ANYWHERE, "\"window\" of \"behavior\" in the \"autoscale\" of a service",
     AUTOSCALE ".behavior.scale_up.window"},
    {"averagevalue", ANYWHERE, "\"average\" of a metric in the \"autoscale\" of a service", AUTOSCALE ".metrics.average"},
    {"cooldownperiod", ANYWHERE, "\"behavior\": {\"scale_down\": {\"window\": ...}} in the \"autoscale\" of a service",
     AUTOSCALE ".behavior.scale_up.window"},
    {"pollinginterval", ANYWHERE, "\"kubernetes\": {\"autoscaler_sync\": ...} of the platform",
     "platform.kubernetes.autoscaler_sync"},

    /* --- roll-outs ------------------------------------------------------------------------------------------------------------ */
    {"rollingupdate|updatestrategy|deploymentstrategy|strategytype", ANYWHERE, "\"update\": {\"kind\": \"rolling\"} of a service",
     UPDATE ".kind"},
    {"updateconfig|rollbackconfig", ANYWHERE, "\"update\": {\"kind\": \"tasks\", ...} of a service", UPDATE ".kind"},
    {"maxsurge", ANYWHERE, "\"update\": {\"kind\": \"rolling\", \"surge\": ...} of a service", UPDATE ".surge"},
    {"maxunavailable", ANYWHERE,
     "of a roll-out it is \"update\": {\"unavailable\": ...} of a service here, of a drain \"budget\": {\"unavailable\": ...}",
     UPDATE ".unavailable"},
    {"minreadyseconds", ANYWHERE, "\"update\": {\"min_ready\": ...} of a service", UPDATE ".min_ready"},
    {"progressdeadlineseconds", ANYWHERE, "\"update\": {\"deadline\": ...} of a service", UPDATE ".deadline"},
    {"terminationgraceperiodseconds|terminationgraceperiod|stopgraceperiod|stoptimeout", ANYWHERE,
     "\"update\": {\"grace\": ...} of a service", UPDATE ".grace"},
    {"prestop|lifecycle|prestophook", ANYWHERE, "\"update\": {\"pre_stop\": ...} of a service", UPDATE ".pre_stop"},
    {"failureaction", ANYWHERE, "\"update\": {\"kind\": \"tasks\", \"on_failure\": ...} of a service", UPDATE ".on_failure"},
    {"maxfailureratio", ANYWHERE, "\"update\": {\"kind\": \"tasks\", \"max_failure\": ...} of a service", UPDATE ".max_failure"},
    {"stopsignal", ANYWHERE, "what a process does when it is told to go is \"update\": {\"on_stop\": ...} of a service",
     UPDATE ".on_stop"},
    {"podmanagementpolicy", ANYWHERE, "\"update\": {\"kind\": \"ordered\"} of a service, for a StatefulSet", UPDATE ".kind"},
    {"poddisruptionbudget|pdb|minavailable", ANYWHERE, "\"budget\": {\"min_available\": ...} of a service",
     "services.NAME.budget.min_available"},

    /* --- probes --------------------------------------------------------------------------------------------------------------- */
    {"livenessprobe", ANYWHERE, "\"probes\": {\"liveness\": {...}} of a service", "services.NAME.probes.liveness"},
    {"readinessprobe", ANYWHERE, "\"probes\": {\"readiness\": {...}} of a service", "services.NAME.probes.readiness"},
    {"startupprobe", ANYWHERE, "\"probes\": {\"startup\": {...}} of a service", "services.NAME.probes.startup"},
    {"healthcheck|healthchecks", ANYWHERE, "\"probes\": {\"liveness\": {...}} of a service", "services.NAME.probes.liveness"},
    {"initialdelayseconds|startperiod", ANYWHERE,
     "\"delay\" of a probe: \"probes\": {\"readiness\": {\"delay\": ...}} of a service", PROBE ".delay"},
    {"periodseconds|startinterval", ANYWHERE, "\"every\" of a probe: \"probes\": {\"readiness\": {\"every\": ...}} of a service",
     PROBE ".every"},
    {"timeoutseconds", ANYWHERE, "\"timeout\" of a probe: \"probes\": {\"readiness\": {\"timeout\": ...}} of a service",
     PROBE ".timeout"},
    {"failurethreshold", ANYWHERE, "\"failures\" of a probe: \"probes\": {\"readiness\": {\"failures\": ...}} of a service",
     PROBE ".failures"},
    {"successthreshold", ANYWHERE, "\"successes\" of a probe: \"probes\": {\"readiness\": {\"successes\": ...}} of a service",
     PROBE ".successes"},
    {"httpget|tcpsocket|tcpprobe", ANYWHERE, "what a probe asks for is not simulated, only when, and what it costs (\"cost\")",
     PROBE ".cost"},

    /* --- where pods go ------------------------------------------------------------------------------------------------------*/
    {"topologyspreadconstraints|podantiaffinity|podaffinity|spreadconstraints|maxreplicaspernode", ANYWHERE,
     "\"spread\": {\"over\": \"node\"} of a service", "services.NAME.spread.over"},
    {"topologykey", ANYWHERE, "\"spread\": {\"over\": ...} of a service", "services.NAME.spread.over"},
    {"maxskew", ANYWHERE, "\"spread\": {\"skew\": ...} of a service", "services.NAME.spread.skew"},
    {"whenunsatisfiable", ANYWHERE, "\"spread\": {\"hard\": true} of a service, for DoNotSchedule", "services.NAME.spread.hard"},
    {"nodeselector|nodeaffinity", ANYWHERE, "\"node_selector\" of a service", "services.NAME.node_selector"},
    {"tolerations", ANYWHERE, "\"tolerates\" of a service", "services.NAME.tolerates"},
    {"kubereserved|systemreserved|allocatable|evictionhard", ANYWHERE, "\"reserved\": {...} of a node group",
     "platform.nodes.NAME.reserved"},
    {"maxpods|podspernode", ANYWHERE, "\"pods\" of a node group", "platform.nodes.NAME.pods"},
    {"clusterautoscaler|karpenter", ANYWHERE, "\"node_autoscaler\", and \"autoscale\" of a node group", "node_autoscaler"},
    {"mincount|maxcount|minnodes|maxnodes", ANYWHERE, "\"autoscale\": {\"min\": ..., \"max\": ...} of a node group",
     "platform.nodes.NAME.autoscale"},
    {"capacitytype|spotinstances|preemptible", ANYWHERE, "\"spot\" of a node group", "platform.nodes.NAME.spot"},
    {"volumeclaimtemplates|storageclassname|storageclass|persistentvolumeclaim|pvc|accessmodes", ANYWHERE,
     "\"volume\": {\"kind\": \"network\"} of a service", "services.NAME.volume.kind"},
    {"externaltrafficpolicy|internaltrafficpolicy|trafficdistribution|topologyawarehints", ANYWHERE, "\"locality\" of a service",
     "services.NAME.locality"},
    {"priorityclassname|priorityclass", ANYWHERE, "which pods make way for others is not modelled: leave it out", NULL},

    /* --- what a container may use -------------------------------------------------------------------------------------------*/
    {"cpuquota|cpuperiod|nanocpus|cpuset|cpulimit", ANYWHERE, "\"resources\": {\"limits\": {\"cpu\": ...}} of a service",
     LIMITS ".cpu"},
    {"cpushares|cpuweight", ANYWHERE, "\"weight\" of a service", "services.NAME.weight"},
    {"memlimit|memswaplimit|memoryswap|oomkilldisable|shmsize", ANYWHERE,
     "\"resources\": {\"limits\": {\"memory\": ...}} of a service", LIMITS ".memory"},
    {"memreservation", ANYWHERE, "\"resources\": {\"requests\": {\"memory\": ...}} of a service",
     "services.NAME.resources.requests.memory"},
    {"initcontainers|imagepullsecrets", ANYWHERE, "what comes before a process serves is the \"start\" of a service",
     "services.NAME.start"},

    /* --- ways in, jobs, servers ----------------------------------------------------------------------------------------------*/
    {"ingress|ingressclassname|ingresscontroller|gatewayclassname|httproute|virtualservice", ANYWHERE,
     "an ingress is a service of kind proxy, the \"entry\" of endpoints whose steps \"call\" what is behind it",
     "endpoints.NAME.entry"},
    {"cronjob|cronjobs|backofflimit|completions|concurrencypolicy|activedeadlineseconds|ttlsecondsafterfinished", ANYWHERE,
     "jobs are \"queues\", with \"schedule\" for those that come by the clock", "queues.NAME.schedule"},
    {"clusterip|loadbalancerip|nodeport|targetport|containerport|hostport|serviceport|endpointmode|externalname|extraports|"
     "dnspolicy|hostaliases|"
     "subdomain|hostnetwork|servicename|serviceaccount|serviceaccountname|securitycontext|runtimeclassname|revisionhistorylimit|"
     "envfrom|"
     "configmap|configmapref|secretref|annotations|labels|pidslimit|tmpfs|devices|capdrop|readonlyrootfs|stdinopen|attach|tls|"
     "publishnotreadyaddresses|automountserviceaccounttoken|matchlabels|paused|develop|workmem|clientmaxbodysize",
     ANYWHERE, NOTHING, NULL},
    {"keepaliverequests|keepalivetimeout|keepaliveconnections", ANYWHERE,
     "\"upstream\": {\"idle\": ...} of a service, for connections that are kept", "services.NAME.upstream.idle"},
    {"sharedbuffers|innodbbufferpoolsize|bufferpoolsize", ANYWHERE, "\"database\": {\"buffer_pool\": ...} of a service",
     "services.NAME.database.buffer_pool"},
    {"prefetch|prefetchcount|prefetchmultiplier", ANYWHERE, "\"threads\" of the service that works, with \"workers\" of a queue",
     "queues.NAME.workers"},
    {"vus|virtualusers|rampupusers|spawnrate", ANYWHERE, "\"population\" of a source of kind closed in \"traffic\"",
     "traffic.NAME.population"},
    /* --- what stands one level too high or too low ---------------------------------------------------------------------------- */
    {"services|deployments|apps|containers", "platform", "it stands beside \"platform\", not in it", "services"},
    {"volumes|version|kubelet|controllers|secrets|configs", "platform", NOTHING, NULL},
    {"loadbalancer|lb|balancer", "platform", "a load balancer is a service of kind proxy", "services.NAME.kind"},
    {"instancetype|machinetype|flavor", "platform", "\"nodes\": {\"NAME\": {\"cpu\": ..., \"memory\": ...}}", "platform.nodes"},
    {"kind", "scenario", "it is of a Kubernetes manifest: 'aguanta import k8s FILE' makes a scenario of one", NULL},
    {"replicas|resources|deploy|autoscale|probes|image|pools", "scenario",
     "it stands at a service: \"services\": {\"NAME\": {...}}", "services"},
    {"stages|scenarios|rate|mix", "scenario", "\"traffic\": {\"NAME\": {...}}", "traffic"},
    {"steps", "scenario", "it stands at an endpoint: \"endpoints\": {\"NAME\": {\"steps\": [...]}}", "endpoints.NAME.steps"},
    {"window|warmup|seed|replications|duration", "scenario", "it stands in \"run\"", "run"},
    {"stages|stairs|piecewise|stage|step", "profile", "{\"steps\": [{\"from\": ..., \"rate\": ...}]}", "traffic.NAME.rate.steps"},
    /* --- values ----------------------------------------------------------------------------------------------------------- */
    {"rollingupdate|startfirst|stopfirst", "=kind", "rolling", UPDATE ".kind"},
    {"ondelete|statefulset|orderedready", "=kind", "ordered", UPDATE ".kind"},
    {"hostpath|bind|localpath|hostvolume", "=kind", "local", "services.NAME.volume.kind"},
    {"pvc|ebs|nfs|persistentvolumeclaim|persistent|ceph|longhorn|efs", "=kind", "network", "services.NAME.volume.kind"},
    {"emptydir|tmpfs|ephemeral", "=kind", "none", "services.NAME.volume.kind"},
    {"kubernetesio/hostname|hostname|host|machine", "=over", "node", "services.NAME.spread.over"},
    {"topologykubernetesio/zone|az|availabilityzone", "=over", "zone", "services.NAME.spread.over"},
    {"topologykubernetesio/region", "=over", "region", "services.NAME.spread.over"},
    {0}};
