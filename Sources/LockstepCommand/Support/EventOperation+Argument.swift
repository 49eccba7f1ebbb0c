public import ArgumentParser
public import Lockstep

extension EventOperation: ExpressibleByArgument {}
