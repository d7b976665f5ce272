package transport

// again makes an RPC, and makes it anew at once when a connection turns out to be broken. Such a connection says nothing of the
// peer: it was kept from the peer's former life, or the peer or the network let go of it. But Raft (v1.7.3, replication.go,
// replicateTo) gives the attempt up, and sends entries again only with the next one or after CommitTimeout; where the
// follower's vote is needed there is no next one, and nothing is decided for that long. A vote that is lost so costs an election.
//
// All connections that are kept may be broken, so there are as many attempts as those, and one. A peer that cannot be dialled, does
// not answer in time, or refuses is not asked again. Every RPC may arrive twice, as over any network.
func (t *Transport) again(rpc func() error) error {
	for attempts := t.kept + 1; ; attempts-- {
		broken := t.stream.broken.Load()
		err := rpc()
		if err == nil || attempts == 1 || t.stream.broken.Load() == broken {
			return err
		}
		select {
		case <-t.closing:
			return err
		default:
		}
	}
}
