public import CoreMetrics

extension PrometheusRegistry: MetricsFactory {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let series: CounterSeries = series(.counter, label, dimensions)
        return series
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let series: CounterSeries = series(.counter, label, dimensions)
        return series
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let series: GaugeSeries = series(.gauge, label, dimensions)
        return series
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            let series: HistogramSeries = series(.histogram, label, dimensions)
            return series
        }
        let series: GaugeSeries = series(.gauge, label, dimensions)
        return series
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let series: HistogramSeries = series(.timer, label, dimensions)
        return series
    }

    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
}
