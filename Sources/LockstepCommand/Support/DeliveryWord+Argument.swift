public import ArgumentParser
public import Lockstep

extension DeliveryWord: ExpressibleByArgument {}
