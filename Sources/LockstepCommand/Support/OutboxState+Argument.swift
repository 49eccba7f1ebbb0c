public import ArgumentParser
public import Lockstep

extension OutboxRow.State: ExpressibleByArgument {}
